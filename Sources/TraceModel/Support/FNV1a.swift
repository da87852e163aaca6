/// The 64-bit hash FNV-1a (Fowler, Noll and Vo; RFC 9923): the same in every process and build,
/// unlike Swift's own. Nobody who chooses the bytes is kept from making two hashes equal.
public struct FNV1a: Sendable {
  /// The hash of all that was added.
  public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  public init() {}

  public mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  /// The bytes of its UTF-8.
  public mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { for byte in $0 { add(byte) } }
  }
}
