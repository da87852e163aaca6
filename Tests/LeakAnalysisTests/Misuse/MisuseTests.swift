import Glibc
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Wrong closes and uses") struct MisuseTests {
  /// Stacks 10, 20 and 30 are the wrong call, the open and the close before.
  private func misuse(
    _ kind: MisuseRecord.Kind, fds: ClosedRange<Int> = 7...7, stack: StackNumber = 10,
    count: UInt64 = 1, process: Int = 1
  ) -> MisuseRecord {
    var record = MisuseRecord(kind: kind, process: process, fds: fds)
    record.act = .init(stack: stack, call: Scenario.call("close"), thread: 1, ticks: 300)
    record.count = count
    if kind != .closeUnknown {
      record.opened = .init(stack: 20, call: Scenario.call("open"), thread: 1, ticks: 100)
    }
    if kind == .closeAgain || kind == .useClosed {
      record.closed = .init(stack: 30, call: Scenario.call("close"), thread: 1, ticks: 200)
    }
    return record
  }

  private func findings(_ records: [MisuseRecord]) -> [Misuse] {
    var scenario = Scenario()
    scenario.process(to: 1000)
    scenario.trace.misuses = records
    return scenario.findings.misuse
  }

  @Test("A second close names the open and the close before")
  func doubleClose() throws {
    let found = try #require(findings([misuse(.closeAgain, count: 4)]).first)
    #expect(found.kind == .doubleClose)
    #expect((found.fds, found.count, found.api) == (7...7, 4, "close"))
    #expect((found.stack, found.openedAt, found.closedAt) == (10, 20, 30))
    #expect(found.noticedAt == nil)
  }

  @Test("Each kind has its name, the worst first")
  func kinds() {
    let found = findings([
      misuse(.closeUnknown, stack: 11), misuse(.closeOwned, stack: 12),
      misuse(.useClosed, stack: 13), misuse(.closeAgain, stack: 14),
      misuse(.cutMessage, stack: 15),
    ])
    #expect(
      found.map(\.kind) == [
        .doubleClose, .useAfterClose, .ownedClose, .cutMessage, .closeNeverOpened,
      ])
    #expect(found.last?.openedAt == nil)
  }

  @Test("Who closes or flags all that a folder listed means no harm to the folder's own number")
  func ownListing() {
    func findings(_ path: String, by call: String = "close") -> [Misuse] {
      var scenario = Scenario()
      scenario.process(to: 1000)
      scenario.open(7, site: 20, at: 1) {
        $0.state = .closed
        $0.name(path)
      }
      scenario.trace.misuses = [misuse(.closeAgain), misuse(.useClosed, stack: 11)]
      for index in scenario.trace.misuses.indices {
        scenario.trace.misuses[index].act.call = Scenario.call(call)
      }
      return scenario.findings.misuse
    }
    #expect(findings("/proc/self/fd").isEmpty && findings("/dev/fd/").isEmpty)
    #expect(findings("/proc/1001/fd").isEmpty, "its own pid")
    #expect(findings("/proc/1002/fd").count == 2 && findings("/proc/self/fdinfo").count == 2)
    #expect(findings("/proc/self/fd", by: "closedir").count == 2)
  }

  @Test(
    "Closes in order show that the folder's number was listed, whoever has it now",
    arguments: [
      ([5, 6, 7], false), ([7, 8, 9], false), ([5, 7, 9], false), ([6, 7], true),
      ([7, 6, 5], true), ([7, 8, 3], true), ([5, 6, 7, 7], false),
    ])
  func sweep(numbers: [Int], isFinding: Bool) {
    #expect(sweeping(numbers).findings.misuse.isEmpty != isFinding)
  }

  @Test("A folder that is known to be another was not listed by its own number")
  func otherFolder() {
    var scenario = sweeping([5, 6, 7])
    scenario.open(7, site: 20, at: 1) {
      $0.state = .closed
      $0.name("/etc")
    }
    #expect(scenario.findings.misuse.count == 1)
  }

  /// A thread closes a folder that had 7, and then `numbers`.
  private func sweeping(_ numbers: [Int]) -> Scenario {
    var scenario = Scenario()
    scenario.process(to: 1000)
    var again = misuse(.closeAgain)
    again.opened.call = Scenario.call("opendir")
    again.closed.call = Scenario.call("closedir")
    again.closed.ticks = Scenario.ticks(200)
    scenario.trace.misuses = [again]
    scenario.ring(
      [RingRecord(kind: .closed, at: 200, call: "closedir", stack: 30, fd: 7)]
        + numbers.enumerated().map { index, fd in
          RingRecord(
            kind: .closed, at: 210 + Double(index), call: "close", stack: 10, fd: fd,
            result: fd == 7 ? EBADF : 0)
        })
    return scenario
  }

  @Test("A loop over numbers that were never open is no finding, with all that it hits")
  func daemonLoop() {
    #expect(
      findings([
        misuse(.closeUnknown, fds: 3...1023, count: 1019), misuse(.closeAgain, fds: 7...7),
      ]).isEmpty)
  }

  @Test("A loop that closes each of a row once is no finding")
  func rowLoop() {
    #expect(findings((3...9).map { misuse(.closeAgain, fds: $0...$0) }).isEmpty)
  }

  @Test("One place that closes connections twice is a finding, whatever their numbers")
  func manyNumbers() {
    let found = findings([misuse(.closeAgain, fds: 7...9, count: 40)])
    #expect(found.map(\.kind) == [.doubleClose])
    #expect(found.first?.fds == 7...9)
  }

  @Test("The fclose that fails after a raw close is not told again")
  func ownedThenClosed() {
    var again = misuse(.closeAgain, stack: 11)
    again.owner = .file
    again.closed.stack = 10
    #expect(findings([misuse(.closeOwned), again]).map(\.kind) == [.ownedClose])
  }

  @Test(
    "What asks whether a number is open, and takes it then, is no use of what was closed",
    arguments: [
      ("dup2", Event.Kind.duplicated, UInt32(1), false), ("open", .opened, 1, true),
      ("dup2", .duplicated, 2, true),
    ])
  func asks(call: String, kind: Event.Kind, thread: UInt32, isFinding: Bool) {
    var scenario = Scenario()
    scenario.process(to: 1000)
    var record = misuse(.useClosed, fds: 5...9)
    record.act.call = Scenario.call("fcntl")
    scenario.trace.misuses = [record]
    scenario.ring([
      RingRecord(kind: .closed, at: 0.0001, call: "close", fd: 9),
      RingRecord(kind: .closed, at: 0.5, call: "close", fd: 9, result: 9),
      RingRecord(kind: kind, thread: thread, at: 1, call: call, fd: 9),
    ])
    #expect(scenario.findings.misuse.isEmpty == !isFinding)
  }

  @Test("Equal misuses of two processes are two, in order of process")
  func processes() {
    let found = findings([misuse(.closeAgain, process: 2), misuse(.closeAgain, process: 1)])
    #expect(found.map(\.process) == [1, 2])
  }
}
