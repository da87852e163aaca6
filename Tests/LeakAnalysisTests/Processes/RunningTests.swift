import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("What lives")
struct RunningTests {
  @Test("A program that rests has rested until now, not until its last call")
  func rest() throws {
    var story = Scenario()
    story.process(to: nil)
    for fd in 3..<9 { story.open(fd, at: Double(fd) * 10) { $0.name("/data/\(fd)") } }
    story.trace.clock.originMonotonicNs = 5_000_000_000
    #expect(Analysis(story.trace, running: [1]).findings.sites.first?.verdict == .leak)
    story.trace.lives(atMonotonicNs: 5_000_000_000 + 66_000_000_000)
    let findings = Analysis(story.trace, running: [1]).findings
    #expect(findings.sites.first?.verdict == .held)
    #expect(findings.trace.durationNs == 66_000_000_000)
  }

  @Test("A clock that stands before the trace's says nothing")
  func otherClock() {
    var story = Scenario()
    story.process(to: nil)
    story.open(3, at: 10)
    story.trace.clock.latestTicks = Scenario.ticks(10)
    story.trace.clock.originMonotonicNs = 5_000_000_000
    story.trace.lives(atMonotonicNs: 1_000_000_000)
    #expect(story.trace.clock.latestTicks == Scenario.ticks(10))
  }
}
