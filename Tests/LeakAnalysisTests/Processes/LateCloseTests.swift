import Glibc
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("What is closed only at the end")
struct LateCloseTests {
  /// Ten descriptors that are opened every 90 ms from `start`, and closed from 980 ms on, of a
  /// process that lives for a second. `earlierLife` is how long 40 others of the site were open, that were
  /// closed before, in stack 901.
  private func story(
    from start: Double = 10, every step: Double = 90, count: Int = 10, closedFrom: Double = 980,
    in closer: StackNumber = 901, by call: String = "open", earlierLife: Double? = nil,
    endsReadAt end: Double? = nil, ending: TracedProcess.End = .exit(status: 0),
    isRunning: Bool = false, servedUntil served: Double? = nil
  ) -> ProcessFinding.ClosedAtEnd? {
    var story = Scenario()
    story.process(to: ending == .none ? nil : 1000, end: ending)
    story.trace.clock.latestTicks = Scenario.ticks(1000)
    story.trace.processes[0].peak = UInt32(count)
    for at in (0..<count).map({ start + Double($0) * step }) {
      story.churn(1, from: at, to: at, life: closedFrom - at, call: call)
    }
    if let earlierLife { story.churn(40, from: 10, to: 90, life: earlierLife, call: call) }
    var records: [RingRecord] = []
    for index in 0..<count {
      records.append(
        RingRecord(
          kind: .opened, at: start + Double(index) * step, call: call, stack: 1, fd: 3 + index))
      if let end {
        records.append(RingRecord(kind: .noted, at: end, call: "read", stack: 77, fd: 3 + index))
      }
      records.append(
        RingRecord(
          kind: .closed, at: closedFrom + Double(index), call: "close", stack: closer,
          fd: 3 + index))
    }
    if let served {
      for index in 0..<count {
        let at = start + Double(index) * step
        story.process(2 + index, from: at + 1, to: served, how: .fork, parent: 1)
        var copy = Descriptor(fd: 3 + index)
        (copy.via, copy.site, copy.stack, copy.call) = (.fork, 1, 1, Scenario.call(call))
        (copy.kind, copy.openedTicks) = (.tcp, Scenario.ticks(at))
        story.add(copy, to: 2 + index)
      }
    }
    story.ring(records)
    let findings = Analysis(story.trace, running: isRunning ? [1] : []).findings
    #expect(findings.sites.allSatisfy { $0.verdict == .clean })
    return findings.processes[0].closedAtEnd
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

  @Test("A short burst at the end of a long rest is told, one that is followed by rest is not")
  func afterRest() throws {
    #expect(try #require(story(from: 700, every: 20)).count == 10)
    #expect(story(from: 400, every: 15) == nil)
  }

  @Test("What came as the end began is counted with the others that were closed there")
  func asTheEndBegan() throws {
    #expect(try #require(story(from: 700, every: 30)).count == 10)
  }

  @Test("Nobody knows what a process that was killed would have closed")
  func killed() {
    #expect(story(ending: .signal(9)) == nil)
  }

  @Test("Who is ended by another signal may have closed all before it raised that again")
  func raisedAgain() throws {
    let closed = try #require(story(ending: .signal(2)))
    #expect(closed.count == 10 && closed.withinNs == 20_000_000)
    #expect(story(closedFrom: 900, ending: .signal(2)) == nil)
  }

  @Test("Where no end was recorded it is the last that was, unless the process runs")
  func endless() {
    #expect(story(ending: .none)?.count == 10)
    #expect(story(ending: .none, isRunning: true) == nil)
  }

  @Test("What is closed where others were before, or after as long a life, is ordinary work")
  func ordinary() {
    #expect(story(in: 901, earlierLife: 5) == nil)
    #expect(story(in: 902, earlierLife: 900) == nil)
    #expect(story(in: 902, earlierLife: 5)?.count == 10)
  }

  @Test("Clients are served until the end, but for those whose end was read before")
  func clients() {
    #expect(story(by: "accept4") == nil)
    #expect(story(by: "accept4", endsReadAt: 900)?.count == 10)
  }

  @Test("Clients of children that have ended are served no more, though the parent has a copy")
  func clientsOfChildren() {
    #expect(story(by: "accept4", servedUntil: 930)?.count == 10)
    #expect(story(by: "accept4", servedUntil: 999) == nil)
  }

  /// Ten sockets that are opened every 20 ms of five seconds, connected 1 ms later with `error`,
  /// and closed as the process ends. `repaired` is when another connect() succeeds.
  private func dials(
    error: Int32, from start: Double = 10, every step: Double = 20, repaired: Double? = nil
  ) -> ProcessFinding.ClosedAtEnd? {
    var story = Scenario()
    story.process(to: 5000)
    story.trace.processes[0].peak = 10
    var records: [RingRecord] = []
    for index in 0..<10 {
      let (at, fd) = (start + Double(index) * step, 3 + index)
      story.churn(1, from: at, to: at, life: 4990 - at, call: "socket")
      records += [
        RingRecord(kind: .opened, at: at, call: "socket", stack: 1, fd: fd),
        RingRecord(kind: .noted, at: at + 1, call: "connect", stack: 77, fd: fd, result: error),
        RingRecord(
          kind: .closed, at: 4990 + Double(index), call: "close", stack: 901, fd: fd),
      ]
      if let repaired {
        records.append(
          RingRecord(kind: .noted, at: repaired, call: "connect", stack: 77, fd: fd, result: 0))
      }
    }
    story.ring(records)
    return story.findings.processes[0].closedAtEnd
  }

  @Test("What a call had failed on long before is told, also where it came in a short time")
  func failed() throws {
    #expect(try #require(dials(error: ECONNREFUSED)).count == 10)
    #expect(dials(error: 0) == nil)
    #expect(dials(error: ECONNREFUSED, repaired: 700) == nil)
    #expect(dials(error: ECONNREFUSED, every: 2) == nil)
    #expect(dials(error: ECONNREFUSED, from: 4100) == nil)
  }

  /// A worker closes ten at its end, `count` of which it opened over its life, the others as it
  /// began, and in the same place as many others as make it `closed`; its successor runs, has closed
  /// twenty, and holds ten.
  private func workers(forgotten count: Int, closed: Int = 11) -> SiteFinding {
    var story = Scenario()
    story.process(to: nil)
    story.start(2, by: 1, "fork", how: .fork, at: 1, to: 1000)
    story.start(3, by: 1, "fork", how: .fork, at: 1001, to: nil)
    story.trace.clock.latestTicks = Scenario.ticks(2000)
    story.trace.processes[1].peak = 10
    var records: [RingRecord] = []
    for index in 0..<10 {
      let at = index < count ? 10 + Double(index) * 90 : 10
      let end = 980 + Double(index)
      records += [
        RingRecord(kind: .opened, process: 2, at: at, call: "open", stack: 1, fd: 3 + index),
        RingRecord(
          kind: .closed, process: 2, at: end, call: "close", stack: 901, fd: 3 + index),
      ]
    }
    story.ring(records)
    story.churn(closed, in: 2, from: 10, to: 820, life: 970)
    story.churn(20, in: 3, from: 1100, to: 1900, life: 1)
    for fd in 3..<13 { story.open(fd, in: 3, at: 1020 + Double(fd) * 60) }
    return Analysis(story.trace, running: [1, 3]).findings.sites.first { $0.live > 0 }
      ?? SiteFinding(id: -1)
  }

  @Test("What a worker forgot does not tell its successors how long such is in use")
  func successors() {
    let forgotten = workers(forgotten: 10)
    #expect(forgotten.verdict == .leak)
    #expect(forgotten.reasons.contains { $0.code == "outlives_siblings" })
    let kept = workers(forgotten: 1)
    #expect(kept.verdict == .suspect && kept.reasons.first?.code == "siblings_closed")
    #expect(forgotten.closeSites.map(\.isAtEnd).contains(true) == false, "others are closed there")
    #expect(workers(forgotten: 10, closed: 12).verdict == .suspect, "so are two more")
  }

  /// Opens a hundred over a second, of which it remembers the latest `slots`, and closes those as
  /// it ends; `before` closes others in its life.
  private func overwritten(
    slots: Int, before: Int = 0, by call: String = "open",
    ending: TracedProcess.End = .exit(status: 0)
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: ending == .none ? nil : 1000, end: ending)
    story.trace.clock.latestTicks = Scenario.ticks(1000)
    story.trace.processes[0].peak = 100
    var records: [RingRecord] = []
    for index in 0..<100 {
      let (at, fd) = (10 + Double(index) * 9.7, 3 + index)
      records.append(RingRecord(kind: .opened, at: at, call: call, stack: 1, fd: fd))
      if index < 100 - slots {
        story.open(fd, at: at, call: call)
        continue
      }
      let end = 990 + Double(index) * 0.01
      records.append(RingRecord(kind: .closed, at: end, call: "close", stack: 901, fd: fd))
    }
    story.churn(slots, from: 10 + Double(100 - slots) * 9.7, to: 970, life: 200, call: call)
    if before > 0 { story.churn(before, from: 20, to: 900, life: 20, call: call) }
    story.ring(records)
    return story.site()
  }

  @Test("What an end closed of a site of which nothing was closed before is no sibling")
  func overwritten() {
    let site = overwritten(slots: 20)
    #expect(site.verdict == .leak && site.live == 80)
    #expect(site.reasons.map(\.code) == ["growth", "never_closed"])
    #expect(site.closeSites.map(\.isAtEnd) == [true])
    #expect(overwritten(slots: 20, before: 3).verdict == .suspect, "there is a path that closes")
    #expect(overwritten(slots: 20, by: "accept4").verdict != .leak, "clients are served so")
    #expect(overwritten(slots: 20, ending: .none).verdict == .suspect, "nobody saw the end")
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
          kind: .closed, at: 970 + Double(index), call: "close", stack: 902, fd: 4 + index),
      ]
    }
    records.append(RingRecord(kind: .opened, at: 980, call: "open", stack: 1, fd: 3))
    records.append(RingRecord(kind: .closed, at: 990, call: "close", stack: 901, fd: 3))
    story.ring(records)
    let closed = try #require(story.findings.processes[0].closedAtEnd)
    #expect(closed.count == 6)
  }
}
