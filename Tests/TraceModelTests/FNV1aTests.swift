import Testing

@testable import TraceModel

@Suite("FNV-1a")
struct FNV1aTests {
  /// Source: the test vectors of RFC 9923.
  @Test(
    "The published vectors hold",
    arguments: [
      ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
    ] as [(String, UInt64)])
  func vectors(text: String, value: UInt64) {
    var hash = FNV1a()
    hash.add(text)
    #expect(hash.value == value)
  }
}
