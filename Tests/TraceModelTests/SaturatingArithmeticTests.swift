import Testing
import TraceModel

@Suite("Arithmetic on what a trace claims")
struct SaturatingArithmeticTests {
  @Test("A sum that does not fit is the largest number")
  func sum() {
    #expect(UInt64.max.addingWithSaturation(1) == .max)
    #expect(UInt64(2).addingWithSaturation(3) == 5)
  }

  @Test("A difference that would be negative is 0")
  func difference() {
    #expect(UInt64(2).subtractingWithSaturation(3) == 0)
    #expect(UInt64(3).subtractingWithSaturation(3) == 0)
    #expect(UInt64.max.subtractingWithSaturation(1) == UInt64.max - 1)
  }
}
