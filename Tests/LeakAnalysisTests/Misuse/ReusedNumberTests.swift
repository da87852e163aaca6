import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Closes of numbers that belong to another opener")
struct ReusedNumberTests {
  /// A thread, 1, that opens (1), closes (30) and closes again (31) what another, 2, has opened (20)
  /// meanwhile, ten times.
  /// - Parameter noticed: where, when and how often the victim met EBADF.
  private func findings(
    closes: UInt64 = 10, _ noticed: [(stack: StackNumber, at: Double, count: UInt64)]
  ) -> [Misuse] {
    var story = Scenario()
    story.process(to: 1000)
    story.churn(10, site: 20, from: 10, to: 500, life: 1)
    story.trace.closers[0].stack = 31
    story.trace.closers[0].count = closes
    story.ring([
      RingRecord(kind: .opened, at: 1, call: "open", stack: 1, fd: 3),
      RingRecord(kind: .closed, at: 2, call: "close", stack: 30, fd: 3),
      RingRecord(kind: .opened, thread: 2, at: 3, call: "open", stack: 20, fd: 3),
      RingRecord(kind: .closed, at: 4, call: "close", stack: 31, fd: 3),
    ])
    story.trace.misuses = noticed.map { notice in
      func act(_ stack: StackNumber, _ call: String, _ thread: UInt32, _ at: Double)
        -> MisuseRecord.Act
      {
        .init(stack: stack, call: Scenario.call(call), thread: thread, ticks: Scenario.ticks(at))
      }
      var record = MisuseRecord(kind: .useClosed, process: 1, fds: 3...3)
      record.act = act(notice.stack, "read", 2, notice.at)
      record.opened = act(20, "open", 2, 3)
      record.closed = act(31, "close", 1, 4)
      record.count = notice.count
      record.site = story.trace.sites[0].id
      return record
    }
    return story.findings.misuse
  }

  @Test("They are counted, and not how often their victims met EBADF")
  func counted() throws {
    let found = findings([(40, 5, 60)])
    #expect(found.map(\.kind) == [.closeOfReusedFd] && found.first?.count == 10)
    #expect(found.first?.stack == 31 && found.first?.closedAt == 30)
  }

  @Test("Calls of the victim that met the same are one finding, with the first of them")
  func joined() {
    let found = findings([(41, 6, 10), (40, 5, 50), (42, 7, 10)])
    #expect(found.map(\.count) == [10] && found.first?.noticedAt == 40)
  }

  @Test("Where the counters of closes had no room, it was once at least")
  func uncounted() {
    #expect(findings(closes: 0, [(40, 5, 60)]).map(\.count) == [1])
  }
}
