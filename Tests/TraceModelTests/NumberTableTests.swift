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
      #expect(table.number(of: UInt64(number) << 32, UInt32(number % 7)) == number)
    }
    #expect(table.count == 5000)
  }

  @Test("Pairs that differ in one of their numbers are others")
  func others() {
    var table = NumberTable()
    #expect(table.number(of: 1, 2) == nil)
    #expect(table.number(of: 1, 2, orNew: 0) == 0)
    #expect(table.number(of: 2, 1) == nil)
    #expect(table.number(of: 1, 1) == nil)
    #expect(table.number(of: 1 << 32 | 1, 2) == nil)
    #expect(table.number(of: 0, 0) == nil)
    #expect(table.number(of: 0, 0, orNew: 7) == 7)
    #expect(table.number(of: .max, .max, orNew: 8) == 8)
    #expect(table.number(of: 0, 0) == 7)
  }
}
