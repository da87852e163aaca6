import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("What grows older than its siblings, but not by far")
struct AgingTests {
  /// Jobs of a server that lives for 10 s: most take 20 ms, some 3 s, and one in each 200 ms from
  /// `first` to `last` leaves its file open.
  private func site(
    from first: Double = 100, to last: Double = 9500, name: (Int) -> String = { _ in "/spool" }
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: 10_000)
    story.churn(300, from: 0, to: 9900, life: 20)
    story.churn(10, from: 0, to: 6500, life: 3000)
    for (turn, at) in stride(from: first, through: last, by: 200).enumerated() {
      story.open(3 + turn, at: at) { $0.name(name(turn)) }
    }
    return story.site()
  }

  @Test("Growth is told where the same name came again and again, and is no evidence of a leak")
  func growth() {
    let site = site()
    #expect(site.verdict == .suspect)
    #expect(
      site.reasons == [
        .growth(live: 48, overNs: 9_400_000_000),
        .outlivesSiblings(
          count: 35, ageNs: 3_100_000_000, siblingMaxNs: 3_000_000_000, siblings: 310),
      ])
  }

  @Test("Not of a cache, which has each name once, nor of what is as young as siblings were")
  func others() {
    #expect(site { "/cache/\($0)" }.reasons.map(\.code) == ["siblings_closed"])
    #expect(site(from: 7100).reasons.map(\.code) == ["siblings_closed"])
    #expect(site(to: 1500).reasons.map(\.code) == ["siblings_closed"])
  }
}
