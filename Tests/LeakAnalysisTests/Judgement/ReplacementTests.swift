import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("Files that take the place of others")
struct ReplacementTests {
  /// Three earlier files, the last of which is closed at 201, and then `names`, from 200 on.
  private func story(_ names: String..., closedAt: Double = 201) -> Scenario {
    var story = Scenario()
    story.process(to: 5000)
    story.churn(3, from: 10, to: closedAt - 100, life: 100)
    for (index, name) in names.enumerated() {
      story.open(5 + index, at: 200 + Double(index) * 0.1) { $0.name(name) }
    }
    return story
  }

  @Test("A log that is opened anew before the old one is closed is held")
  func log() {
    let site = story("/var/log/app").site()
    #expect(site.verdict == .held && site.reasons == [.replacement(count: 1)])
  }

  @Test("So are several, when they are named as logs")
  func logs() {
    #expect(story("/a.log", "/b.log", "/c.log").site().reasons == [.replacement(count: 3)])
    #expect(story("/a", "/b", "/c").site().verdict == .suspect)
  }

  @Test("What came when all others were closed is not known to replace any")
  func closedBefore() {
    let site = story("/var/log/app", closedAt: 150).site()
    #expect(site.verdict == .suspect && site.reasons.first?.code == "siblings_closed")
  }

  @Test("What others followed is not the latest, and leaks as before")
  func followed() {
    var story = story("/var/log/app")
    story.churn(30, from: 210, to: 4900, life: 0.5)
    #expect(story.site().verdict == .leak)
  }

  @Test("More than were closed replace none")
  func more() {
    #expect(story("/a.log", "/b.log", "/c.log", "/d.log").site().verdict != .held)
  }
}
