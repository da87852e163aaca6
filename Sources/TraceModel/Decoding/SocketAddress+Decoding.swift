import Glibc

extension SocketAddress {
  /// Decodes what was kept of a `struct sockaddr`; `text` is what is known of a unix
  /// socket's path. Nil when there is nothing to tell.
  init?(sockaddr bytes: UnsafeRawBufferPointer, text: String?) {
    guard bytes.count >= 2 else { return nil }
    let family = UInt16(Self.native(bytes, at: 0, count: 2))
    switch Int32(family) {
    case AF_INET where bytes.count >= 8:
      self = .ipv4(
        address: UInt32(Self.network(bytes, at: 4, count: 4)),
        port: UInt16(Self.network(bytes, at: 2, count: 2)))
    case AF_INET6 where bytes.count >= 24:
      self = .ipv6(
        groups: (0..<8).map { UInt16(Self.network(bytes, at: 8 + 2 * $0, count: 2)) },
        port: UInt16(Self.network(bytes, at: 2, count: 2)),
        scope: bytes.count >= 28 ? UInt32(Self.native(bytes, at: 24, count: 4)) : 0)
    case AF_UNIX:
      if let text, !text.isEmpty {
        self = .unix(text)
      } else if bytes.count > 2 {
        self = .unix(Self.unixPath(bytes.dropFirst(2)))
      } else {
        self = .unnamedUnix
      }
    case AF_NETLINK where bytes.count >= 12:
      self = .netlink(
        port: UInt32(Self.native(bytes, at: 4, count: 4)),
        groups: UInt32(Self.native(bytes, at: 8, count: 4)))
    case AF_UNSPEC: return nil
    default: self = .other(family: family)
    }
  }

  /// The text form of `sun_path`: `@name` when abstract, and up to the first NUL
  /// when not.
  public static func unixPath(_ path: some Collection<UInt8>) -> String {
    if path.first == 0 {
      let name = path.dropFirst().map { $0 == 0 ? UInt8(ascii: "@") : $0 }
      return "@" + String(decoding: name, as: UTF8.self)
    }
    return String(decoding: path.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func network(_ bytes: UnsafeRawBufferPointer, at offset: Int, count: Int) -> UInt64
  {
    bytes[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// In the byte order of the trace, which is that of this machine.
  private static func native(_ bytes: UnsafeRawBufferPointer, at offset: Int, count: Int) -> UInt64
  {
    let big = network(bytes, at: offset, count: count)
    return 1.littleEndian == 1 ? big.byteSwapped >> UInt64(64 - 8 * count) : big
  }
}
