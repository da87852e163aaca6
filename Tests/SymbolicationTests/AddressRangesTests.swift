import SeededRandom
import Testing

@testable import Symbolication

@Suite("Address ranges")
struct AddressRangesTests {
  @Test("A nested range wins over the one around it, whose rest is still found")
  func nesting() {
    var ranges = AddressRanges<String>()
    ranges.insert(0x100, 0x200, "outer")
    ranges.insert(0x140, 0x160, "inner")
    ranges.insert(0x300, 0x300, "empty")
    ranges.seal()
    #expect(ranges.find(0xff) == nil)
    #expect(ranges.find(0x100)?.value == "outer")
    #expect(ranges.find(0x15f)?.value == "inner")
    #expect(ranges.find(0x160)?.value == "outer")
    #expect(ranges.find(0x200) == nil)
    #expect(ranges.find(0x300) == nil)
  }

  @Test("Of equal ranges the first inserted is found")
  func aliases() {
    var ranges = AddressRanges<String>()
    ranges.insert(0x100, 0x200, "first")
    ranges.insert(0x100, 0x200, "second")
    ranges.seal()
    #expect(ranges.find(0x180)?.value == "first")
  }

  @Test("Random ranges are found as a scan of all of them finds them", arguments: 0..<20)
  func againstScan(seed: UInt64) {
    var generator = SeededRandom(seed: seed)
    var ranges = AddressRanges<Int>()
    var all: [(low: UInt64, high: UInt64)] = []
    for index in 0..<200 {
      let low = UInt64.random(in: 0..<1000, using: &generator)
      let high = low + .random(in: 1..<60, using: &generator)
      ranges.insert(low, high, index)
      all.append((low, high))
    }
    ranges.seal()
    for address in UInt64(0)..<1100 {
      // The innermost: the latest start, then the earliest end, then the first inserted.
      let expected = all.indices.filter { all[$0].low <= address && address < all[$0].high }
        .max { a, b in
          (all[a].low, all[b].high, b) < (all[b].low, all[a].high, a)
        }
      let found = ranges.find(address)?.value
      #expect(found == expected, "seed \(seed), address \(address)")
    }
  }
}
