/// A message in protobuf's wire format, of fields as they are added. What is zero or empty is
/// left out, as proto3 does, except by `add(_:packed:)`, where it has a place among others.
///
/// Source: https://protobuf.dev/programming-guides/encoding/
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  private enum WireType: UInt64 {
    case varint = 0
    case lengthDelimited = 2
  }

  mutating func add(_ field: UInt64, _ value: UInt64) {
    guard value != 0 else { return }
    tag(field, .varint)
    varint(value)
  }

  mutating func add(_ field: UInt64, _ value: Int64) { add(field, UInt64(bitPattern: value)) }
  mutating func add(_ field: UInt64, _ value: Bool) { add(field, value ? 1 as UInt64 : 0) }

  /// Also when it is empty: an element of a list counts.
  mutating func add(_ field: UInt64, element text: String) {
    var text = text
    tag(field, .lengthDelimited)
    text.withUTF8 {
      varint(UInt64($0.count))
      bytes.append(contentsOf: $0)
    }
  }

  /// Also when it is empty.
  mutating func add(_ field: UInt64, element message: ProtobufMessage) {
    tag(field, .lengthDelimited)
    varint(UInt64(message.bytes.count))
    bytes.append(contentsOf: message.bytes)
  }

  mutating func add(_ field: UInt64, packed values: [UInt64]) {
    guard !values.isEmpty else { return }
    var list = ProtobufMessage()
    for value in values { list.varint(value) }
    add(field, element: list)
  }

  /// Puts the fields of another message of the same kind behind these.
  mutating func append(_ other: ProtobufMessage) { bytes += other.bytes }

  private mutating func tag(_ field: UInt64, _ type: WireType) {
    varint(field << 3 | type.rawValue)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
