import Testing
import TraceModel

@Suite("Numbers by pairs")
struct NumberTableTests {
  @Test("A pair keeps the number that it had first, however many follow")
  func keeps() {
    var table = NumberTable()
    for number in 0..<5000 {
      #expect(table.number(of: UInt64(number) << 32, UInt32(number % 7), orNew: number) == number)
    }
    for number in 0..<5000 {
      #expect(table.number(of: UInt64(number) << 32, UInt32(number % 7), orNew: 9999) == number)
    }
    #expect(table.count == 5000)
  }

  @Test("Pairs that differ in one of their numbers are others")
  func others() {
    var table = NumberTable()
    let pairs: [(UInt64, UInt32)] = [
      (1, 2), (2, 1), (1, 1), (1 << 32 | 1, 2), (0, 0), (.max, .max),
    ]
    for (number, pair) in pairs.enumerated() {
      #expect(table.number(of: pair.0, pair.1, orNew: number) == number)
    }
    #expect(table.count == pairs.count)
  }
}
