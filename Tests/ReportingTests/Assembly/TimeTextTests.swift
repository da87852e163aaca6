import LeakAnalysis
import Testing

@testable import Reporting

@Suite("Times in words")
struct TimeTextTests {
  @Test(
    "Spans of time have two units at most",
    arguments: [
      (0, "0 ns"), (999, "999 ns"), (1_500, "1.5 us"), (999_999, "999 us"),
      (12_400_000, "12 ms"), (2_100_000_000, "2.1 s"), (59_999_999_999, "59 s"),
      (60_000_000_000, "1 min"), (3_725_000_000_000, "1 h 2 min"),
      (90_000_000_000_000, "1 d 1 h"), (.max, "213503 d 23 h"),
    ] as [(UInt64, String)])
  func durations(ns: UInt64, text: String) {
    #expect(DurationText.of(ns) == text)
  }

  @Test(
    "Moments are RFC 3339",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"),
      (951_782_399_999_000_000, "2000-02-28T23:59:59.999Z"),
      (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
      (1_772_368_205_250_000_000, "2026-03-01T12:30:05.250Z"),
      (.max, "2554-07-21T23:34:33.709Z"),
    ] as [(UInt64, String)])
  func moments(ns: UInt64, text: String) {
    #expect(Timestamp.text(ns) == text)
  }
}
