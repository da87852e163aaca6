extension Redactor {
  /// What may be a socket, by the names of `DescriptorKind`; anything else has paths for names.
  private static let socketKinds: Set<String> = [
    "tcp", "udp", "unix", "netlink", "other", "unknown",
  ]

  /// The name of a descriptor: an address, a path, or what the kernel calls it.
  mutating func name(_ text: String, kind: String) -> String {
    Self.socketKinds.contains(kind) ? socketName(text) : path(text)
  }

  /// An address of a socket. A unix socket's is a path and an address.
  mutating func socketName(_ text: String) -> String {
    if let address = InternetAddress(text[...]) { return self.address(address) }
    if Self.isNumbered(text) { return text }
    let isHidden = !scope.isDisjoint(with: [.addresses, .paths])
    if text.hasPrefix("@"), isHidden {
      // An abstract name is none of the file system: no part of it is the system's.
      return "@" + names.name(.pathPart, for: text.dropFirst())
    }
    return path(text, isHidden: isHidden)
  }

  /// `unnamed`, `netlink:812 groups 0x1`, `family 40`: no more than a number.
  private static func isNumbered(_ text: String) -> Bool {
    if text == "unnamed" { return true }
    for start in ["netlink:", "family "] where text.hasPrefix(start) {
      return text.dropFirst(start.count).split(separator: " ").allSatisfy { word in
        word == "groups" || word.allSatisfy { $0.isHexDigit || $0 == "x" }
      }
    }
    return false
  }

  /// Ports stay: they tell the service. So do addresses that everybody has.
  func address(_ address: InternetAddress) -> String {
    guard scope.contains(.addresses), !address.isEverybodys else {
      return "\(address.before)\(address.host)\(address.after)"
    }
    let host =
      if let mapped = address.mapped {
        "::ffff:" + names.name(.ipv4, for: mapped)
      } else {
        names.name(address.isIPv6 ? .ipv6 : .ipv4, for: address.host)
      }
    return "\(address.before)\(host)\(address.after)"
  }
}
