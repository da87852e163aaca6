import LeakAnalysis
import Testing

@testable import TraceModel

/// Beside 200 others of the site, which lived for a millisecond each.
@Suite("Siblings of a stack that does not lead to its caller")
struct SharedPlaceTests {
  private func site(
    _ count: Int, every step: Double, named name: (Int) -> String?, reachesCaller: Bool = false
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: 10_000)
    story.churn(200, from: 1, to: 9000, life: 1)
    for turn in 0..<count {
      story.open(10 + turn, at: 1000 + Double(turn) * step) { descriptor in
        if let name = name(turn) { descriptor.name(name) }
      }
    }
    let findings = Analysis(story.trace, reachesCaller: { _ in reachesCaller }).findings
    return findings.sites.first { $0.live > 0 }!
  }

  @Test("One that stays may be another place's, and is suspect")
  func one() {
    #expect(site(1, every: 0) { _ in "/srv/state.db" }.verdict == .suspect)
    #expect(
      site(1, every: 0, named: { _ in "/srv/state.db" }, reachesCaller: true).verdict == .leak)
  }

  @Test("So are several that came at once, whatever they are")
  func pool() {
    #expect(site(8, every: 0.01) { _ in "/srv/state.db" }.verdict == .suspect)
    #expect(site(40, every: 0.01) { "/srv/\($0)" }.verdict == .suspect)
  }

  @Test("What came again and again is a leak: one file's few, or many")
  func again() {
    #expect(site(8, every: 700) { _ in "/srv/data.csv" }.verdict == .leak)
    #expect(site(40, every: 150) { "/srv/\($0)" }.verdict == .leak)
    #expect(site(8, every: 700) { "/srv/\($0)" }.verdict == .suspect)
  }
}
