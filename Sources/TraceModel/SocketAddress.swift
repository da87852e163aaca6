/// A socket address, as `bind`, `connect`, `getsockname` and friends pass it.
public enum SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// Host byte order.
  case ipv4(address: UInt32, port: UInt16)
  /// Eight groups in host byte order; `scope` is 0 when there is none.
  case ipv6(groups: [UInt16], port: UInt16, scope: UInt32)
  /// A path in the file system, or `@name` when abstract.
  case unix(String)
  case unnamedUnix
  case netlink(port: UInt32, groups: UInt32)
  /// A family that is not decoded.
  case other(family: UInt16)
  /// What a report has in the place of one that it hides.
  case hidden(String)

  /// `127.0.0.1:8080`, `[::1]:80`, `/run/x.sock`, `@abstract`, `netlink:812`.
  public var description: String {
    switch self {
    case .ipv4(let address, let port):
      return
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255):\(port)"
    case .ipv6(let groups, let port, let scope):
      return "[" + Self.compressed(groups) + (scope == 0 ? "" : "%\(scope)") + "]:\(port)"
    case .unix(let path): return path
    case .hidden(let text): return text
    case .unnamedUnix: return "unnamed"
    case .netlink(let port, let groups):
      return groups == 0
        ? "netlink:\(port)" : "netlink:\(port) groups 0x\(String(groups, radix: 16))"
    case .other(let family): return "family \(family)"
    }
  }

  /// An IPv4 address as such, where it is mapped into IPv6 (RFC 4291, 2.5.5.2).
  public var withoutMapping: SocketAddress {
    guard case .ipv6(let groups, let port, _) = self, groups.count == 8,
      groups.prefix(6) == [0, 0, 0, 0, 0, 0xffff]
    else { return self }
    return .ipv4(address: UInt32(groups[6]) << 16 | UInt32(groups[7]), port: port)
  }

  /// The text form of RFC 5952: the longest run of two or more zero groups, the
  /// first of equals, becomes `::`; v4-mapped addresses end in dotted form.
  private static func compressed(_ groups: [UInt16]) -> String {
    guard groups.count == 8 else { return "?" }
    if groups[0..<5].allSatisfy({ $0 == 0 }) && groups[5] == 0xffff {
      return
        "::ffff:\(groups[6] >> 8).\(groups[6] & 255).\(groups[7] >> 8).\(groups[7] & 255)"
    }
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8 && groups[end] == 0 { end += 1 }
      if end - start > best.count { best = start..<end }
      start = max(end, start + 1)
    }
    if best.count < 2 { best = 9..<9 }
    var text = ""
    for index in groups.indices where !best.contains(index) {
      if index > 0, index != best.upperBound { text += ":" }
      text += String(groups[index], radix: 16)
      if index + 1 == best.lowerBound { text += "::" }
    }
    return best.lowerBound == 0 ? "::" + text : text
  }
}
