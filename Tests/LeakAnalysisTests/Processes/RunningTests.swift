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

  @Test("What has code of Go is told of each process that has it")
  func callsDirectly() {
    var story = Scenario()
    story.process(to: nil, end: .none)
    story.process(to: nil, end: .none)
    story.trace.processes[1].flags.insert(.directCalls)
    let processes = Analysis(story.trace).findings.processes
    #expect(processes.map(\.callsDirectly) == [false, true])
  }

  @Test("A comparison tells nothing of what came after it")
  func checkedLast() {
    func checks(
      _ end: TracedProcess.End, running: Set<Int> = [], isCompared: Bool = false,
      isTold: Bool = false
    ) -> [Bool] {
      var story = Scenario()
      story.process(to: end == .none ? nil : 10, end: end)
      story.trace.processes[0].flags.insert(.snapshot)
      if isTold { story.trace.processes[0].flags.insert(.endTold) }
      story.trace.processes[0].isCompared = isCompared
      let process = Analysis(story.trace, running: running).findings.processes[0]
      return [process.wasChecked, process.wasCheckedLast]
    }
    #expect(checks(.exit(status: 0)) == [true, true])
    #expect(checks(.exit(status: 0), isTold: true) == [true, false])
    #expect(checks(.signal(15)) == [true, false] && checks(.none) == [true, false])
    #expect(checks(.none, running: [1]) == [true, false])
    #expect(checks(.none, running: [1], isCompared: true) == [true, true])
  }
}
