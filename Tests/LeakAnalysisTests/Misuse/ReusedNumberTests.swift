import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Closes of numbers that belong to another opener")
struct ReusedNumberTests {
  /// A thread, 1, that opens (1), closes (30) and closes again (31) what another, 2, has opened (20)
  /// meanwhile, ten times, every ten milliseconds.
  /// - Parameters:
  ///   - closes: how many the counter of its second closes has.
  ///   - told: of how many of the times the ring still tells.
  ///   - noticed: where, when and how often the victim met EBADF, until when.
  private func findings(
    closes: UInt64 = 10, told: Int = 10,
    _ noticed: [(stack: StackNumber, at: Double, until: Double, count: UInt64)]
  ) -> [Misuse] {
    var story = Scenario()
    story.process(to: 1000)
    story.churn(10, site: 20, from: 10, to: 500, life: 1)
    story.trace.closers[0].stack = 31
    story.trace.closers[0].count = closes
    story.ring(
      (0..<told).flatMap { turn in
        let start = Double(turn) * 10
        return [
          RingRecord(kind: .opened, at: start + 1, call: "open", stack: 1, fd: 3),
          RingRecord(kind: .closed, at: start + 2, call: "close", stack: 30, fd: 3),
          RingRecord(kind: .opened, thread: 2, at: start + 3, call: "open", stack: 20, fd: 3),
          RingRecord(kind: .closed, at: start + 4, call: "close", stack: 31, fd: 3),
        ]
      })
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
      record.lastTicks = Scenario.ticks(notice.until)
      record.site = story.trace.sites[0].id
      return record
    }
    return story.findings.misuse
  }

  @Test("They are counted, and not how often their victims met EBADF")
  func counted() throws {
    let found = findings([(40, 5, 95, 60)])
    #expect(found.map(\.kind) == [.closeOfReusedFd] && found.first?.count == 10)
    #expect(found.first?.stack == 31 && found.first?.closedAt == 30)
  }

  @Test("Calls of the victim that met the same are one finding, with the first of them")
  func joined() {
    let found = findings([(41, 6, 96, 20), (40, 5, 95, 50), (42, 7, 97, 20)])
    #expect(found.map(\.count) == [10] && found.first?.noticedAt == 40)
  }

  @Test("Where the counters of closes had no room, it was once at least")
  func uncounted() {
    #expect(findings(closes: 0, told: 1, [(40, 5, 5.5, 60)]).map(\.count) == [1])
  }

  @Test("Who closes what others open, as it should, is not accused by one victim that tries again")
  func retries() {
    let found = findings([(40, 5, 6, 600)])
    #expect(found.map(\.kind) == [.useAfterClose] && found.first?.count == 600)
  }

  @Test("What the ring has forgotten accuses nobody")
  func forgotten() {
    #expect(findings(told: 1, [(40, 5, 95, 60)]).map(\.kind) == [.useAfterClose])
  }
}
