import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("What a reload makes anew")
struct SuccessionTests {
  /// Two, one after the other, each open for `life`, and a third one that stays, from 5000 on.
  private func story(
    life: Double, to end: Double = 9000, peak: UInt32 = 1,
    _ more: (inout Scenario) -> Void = { _ in }
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: end)
    story.churn(2, from: 10, to: 4900 - life, life: life)
    story.open(5, at: 5000)
    (story.trace.sites[0].peak, story.trace.sites[0].peakTicks) = (
      peak, story.trace.sites[0].firstTicks
    )
    more(&story)
    return story.site()
  }

  @Test("Where there never was more than one, the latest has taken the place of the former")
  func reload() {
    let site = story(life: 2000)
    #expect(site.verdict == .held && site.reasons == [.succession(count: 1)])
  }

  /// Forty, each open for `life`, the last of which four stayed, whose process then rested.
  private func idleCache(peakAt peak: Double) -> SiteFinding {
    var story = Scenario()
    story.process(to: 9000)
    story.churn(40, from: 10, to: 800, life: 80)
    for fd in 0..<4 { story.open(3 + fd, at: 820 + 20 * Double(fd)) { $0.name("/f\(fd)") } }
    (story.trace.sites[0].peak, story.trace.sites[0].peakTicks) = (4, Scenario.ticks(peak))
    return story.site()
  }

  @Test("A cache that is not in use has what it had last, however long the former lived")
  func cache() {
    let site = idleCache(peakAt: 70)
    #expect(site.verdict == .suspect && site.reasons.first == .succession(count: 4))
    #expect(idleCache(peakAt: 880).verdict == .leak, "there had not been as many before")
  }

  @Test("What was closed at once says nothing of what stays")
  func request() {
    #expect(story(life: 400).verdict == .suspect)
  }

  @Test("One that lives on for much longer is none of them")
  func older() {
    #expect(story(life: 1100, to: 60_000).verdict == .suspect)
  }

  @Test("Nor is one beside which there was another")
  func beside() {
    #expect(story(life: 2000, peak: 2).verdict == .suspect)
  }

  @Test("Nor is one of which there were ever more, though some lived for long")
  func growing() {
    let site = story(life: 2000, peak: 2) {
      $0.open(6, at: 3000)
      $0.trace.sites[0].peakTicks = Scenario.ticks(5000)
    }
    #expect(site.verdict == .suspect)
  }

  @Test("Nor is what others followed")
  func followed() {
    let site = story(life: 2000) { $0.churn(1, from: 6000, to: 6000, life: 10) }
    #expect(site.verdict == .suspect)
  }
}
