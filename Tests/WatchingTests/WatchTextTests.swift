import Testing

@testable import Watching

@Suite("Numbers in few columns") struct WatchTextTests {
  @Test(
    "Ages",
    arguments: [
      (0, "0s"), (59, "59s"), (60, "1m00"), (3599, "59m59"), (3600, "1h00m"), (86_399, "23h59m"),
      (90_000, "1d01h"),
    ] as [(UInt64, String)])
  func ages(seconds: UInt64, text: String) {
    #expect(WatchText.age(seconds * 1_000_000_000) == text)
  }

  @Test(
    "Rates, in the unit in which they are one or more",
    arguments: [
      (0, "0"), (3.1, "+3.1/s"), (-3.14, "-3.1/s"), (12.4, "+12/s"), (9.97, "+10/s"),
      (0.5, "+30/m"), (1.0 / 60, "+1/m"), (0.01, "+36/h"), (1.5 / 3600, "+1.5/h"),
      (2e9, "+2000M/s"), (.infinity, "-"),
    ] as [(Double, String)])
  func rates(value: Double, text: String) {
    #expect(WatchText.rate(value) == text)
  }

  @Test(
    "Counts",
    arguments: [
      (0, "0"), (999_999, "999999"), (1_000_000, "1000k"), (123_456_789, "123M"),
      (.max, "18446P"),
    ] as [(UInt64, String)])
  func counts(value: UInt64, text: String) {
    #expect(WatchText.count(value) == text)
  }
}
