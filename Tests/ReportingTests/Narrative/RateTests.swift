import LeakAnalysis
import Testing

@testable import Reporting

@Suite("What is told of a leak's rate") struct RateTests {
  private func told(_ end: Growth.End?, _ steadiness: String = "steady") -> [String?] {
    var site = Sample.leak
    site.growth = .init(perHour: 72_000, fit: 0.9, steadiness: steadiness, end: end)
    site.limitReachedInNs = end == nil && steadiness != "bursts" ? 60_000_000_000 : nil
    let narrative = Narrative(Sample.report)
    return [narrative.growth(of: site), narrative.shortRate(of: site)]
  }

  @Test("What goes on has a forecast, unless it comes in bursts")
  func goesOn() {
    #expect(
      told(nil) == [
        "About 20 a second more stay open, steadily. At that rate the limit is reached in 1 min.",
        "20 a second, limit in 1 min",
      ])
    #expect(
      told(nil, "bursts") == [
        "On average 20 a second more stay open, in bursts: no forecast is made from that.",
        "20 a second, in bursts",
      ])
  }

  @Test("What has ended is told with when it did, and for how long it has")
  func rest() {
    let rest = Growth.End.rest(sinceNs: 1_900_000_000, forNs: 15_000_000_000)
    #expect(
      told(rest) == [
        "About 20 a second more stayed open, steadily, until 1.9 s after the start, and none in"
          + " the 15 s since.", "20 a second until 1.9 s",
      ])
    #expect(
      told(rest, "bursts")[0]?.hasPrefix("On average 20 a second more stayed open, in") == true)
  }

  @Test("A limit that was reached is told with its moment, where that is known")
  func limit() {
    #expect(
      told(.limit(atNs: 1_200_000_000), "uneven") == [
        "About 20 a second more stayed open, unevenly, until the limit was reached, 1.2 s after"
          + " the start.", "20 a second until the limit",
      ])
    #expect(told(.limit(atNs: nil))[0]?.hasSuffix(", until the limit was reached.") == true)
  }
}
