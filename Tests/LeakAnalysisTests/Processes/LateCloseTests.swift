import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("What is closed only at the end")
struct LateCloseTests {
  /// Ten descriptors that are opened every 90 ms from `start`, and closed from 980 ms on, of a
  /// process that lives for a second.
  private func story(
    from start: Double = 10, every step: Double = 90, count: Int = 10, closedFrom: Double = 980,
    end: TracedProcess.End = .exit(status: 0)
  ) -> ProcessFinding.ClosedAtEnd? {
    var story = Scenario()
    story.process(to: 1000, end: end)
    story.trace.processes[0].peak = UInt32(count)
    story.churn(count, from: start, to: start + Double(count - 1) * step, life: 900)
    var records: [RingRecord] = []
    for index in 0..<count {
      records.append(
        RingRecord(
          kind: .opened, at: start + Double(index) * step, call: "open", stack: 1, fd: 3 + index))
      records.append(
        RingRecord(
          kind: .closed, at: closedFrom + Double(index), call: "close", stack: 901, fd: 3 + index))
    }
    story.ring(records)
    #expect(story.findings.sites.allSatisfy { $0.verdict == .clean })
    return story.findings.processes[0].closedAtEnd
  }

  @Test("What was opened over time and closed in the last moments is counted, with its site")
  func late() throws {
    let closed = try #require(story())
    #expect(closed.count == 10 && closed.withinNs == 20_000_000)
    #expect(closed.holders.map(\.count) == [10])
  }

  @Test("What was opened at once, a few, or closed before the end is not")
  func others() {
    #expect(story(every: 1) == nil)
    #expect(story(every: 200, count: 4) == nil)
    #expect(story(every: 60, closedFrom: 700) == nil)
  }

  @Test("Nobody knows what a process that was killed would have closed")
  func killed() {
    #expect(story(end: .signal(9)) == nil)
  }

  @Test("A number that was closed and opened again counts once, by its last opener")
  func reused() throws {
    var story = Scenario()
    story.process(to: 1000)
    story.trace.processes[0].peak = 9
    story.churn(12, from: 10, to: 900, life: 10)
    var records: [RingRecord] = []
    for index in 0..<6 {
      let at = 10 + Double(index) * 90
      records += [
        RingRecord(kind: .opened, at: at, call: "open", stack: 1, fd: 3),
        RingRecord(kind: .closed, at: at + 5, call: "close", stack: 901, fd: 3),
        RingRecord(kind: .opened, at: at + 10, call: "open", stack: 1, fd: 4 + index),
        RingRecord(
          kind: .closed, at: 970 + Double(index), call: "close", stack: 901, fd: 4 + index),
      ]
    }
    records.append(RingRecord(kind: .opened, at: 980, call: "open", stack: 1, fd: 3))
    records.append(RingRecord(kind: .closed, at: 990, call: "close", stack: 901, fd: 3))
    story.ring(records)
    let closed = try #require(story.findings.processes[0].closedAtEnd)
    #expect(closed.count == 6)
  }
}
