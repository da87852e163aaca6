/// The text of an internet address, with a port or without.
struct InternetAddress: Equatable {
  var host: Substring
  var isIPv6: Bool
  /// What stands before and after the host: brackets, interface, port.
  var before: Substring
  var after: Substring

  /// Of `10.0.0.1`, `10.0.0.1:80`, `fe80::1`, `[fe80::1%2]:80`; nil for any other text.
  init?(_ text: Substring) {
    if text.first == "[" {
      guard let close = text.firstIndex(of: "]") else { return nil }
      let inside = text[text.index(after: text.startIndex)..<close]
      let host = inside.prefix { $0 != "%" }
      guard Self.isIPv6(host), Self.isPort(text[close...].dropFirst()) else { return nil }
      self.init(
        host: host, isIPv6: true, before: text.prefix(1), after: text[host.endIndex...])
    } else if Self.isIPv6(text) {
      self.init(host: text, isIPv6: true, before: "", after: "")
    } else {
      let host = text.prefix { $0 != ":" }
      guard Self.isIPv4(host), Self.isPort(text[host.endIndex...]) else { return nil }
      self.init(host: host, isIPv6: false, before: "", after: text[host.endIndex...])
    }
  }

  private init(host: Substring, isIPv6: Bool, before: Substring, after: Substring) {
    (self.host, self.isIPv6, self.before, self.after) = (host, isIPv6, before, after)
  }

  /// Loopback and the unspecified address, which everybody has.
  var isEverybodys: Bool {
    let host = mapped ?? host
    return host.hasPrefix("127.") || ["0.0.0.0", "::", "::1"].contains(host)
  }

  /// The IPv4 address of `::ffff:10.0.0.1`.
  var mapped: Substring? {
    guard isIPv6, host.lowercased().hasPrefix("::ffff:") else { return nil }
    let rest = host.dropFirst("::ffff:".count)
    return Self.isIPv4(rest) ? rest : nil
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.isEmpty || (text.first == ":" && text.dropFirst().allSatisfy(isDigit))
  }

  private static func isIPv4(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { $0.allSatisfy(isDigit) && UInt8($0) != nil }
  }

  /// Lenient in what groups may be left out: what looks like one is taken for one.
  private static func isIPv6(_ text: Substring) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (3...9).contains(parts.count), parts.count == 8 || text.contains("::") else {
      return false
    }
    return parts.enumerated().allSatisfy { index, part in
      part.isEmpty || (index == parts.count - 1 && isIPv4(part))
        || (part.count <= 4 && part.allSatisfy { $0.isASCII && $0.isHexDigit })
    }
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}
