import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Why an exec left a descriptor open") struct CloseOnExecCauseTests {
  @Test("A file action of posix_spawn passes its descriptor by design, and no site is blamed")
  func fileAction() {
    var story = Scenario()
    story.process(to: 50)
    story.open(5, at: 1, call: "socket", kind: .tcp) { $0.flags = .closeOnExec }
    story.start(2, by: 1, "posix_spawn", how: .spawn, at: 2, to: nil)
    story.inherit(5, from: 1, to: 2, as: 9) {
      $0.via = .exec
      $0.flags = []
      $0.source = 5
    }
    #expect(story.rows().map(\.handles[0].cause) == [.passed])
    #expect(story.rows()[0].opened.api == "socket" && !story.rows()[0].isAccused)
    #expect(!story.site().reasons.contains { $0.code == "missing_cloexec" })
  }

  @Test("A file action that duplicates a number onto itself passes it by design")
  func fileActionOntoItself() {
    var story = Scenario()
    story.process(to: 50)
    story.open(15, at: 1, call: "socket", kind: .tcp) { $0.flags = .closeOnExec }
    story.start(2, by: 1, "posix_spawn", how: .spawn, at: 2, to: nil)
    story.inherit(15, from: 1, to: 2, as: 15) {
      $0.via = .exec
      $0.flags = []
      $0.source = 15
    }
    #expect(story.rows().map(\.handles[0].cause) == [.passed])
  }

  @Test("What a forked child duplicates for the program that it becomes is passed by design")
  func duplicatedInChild() {
    var story = Scenario()
    story.process(to: 50)
    story.open(5, at: 1) { $0.flags = .closeOnExec }
    story.start(2, by: 1, "fork", how: .fork, at: 2, to: 3, end: .exec)
    // The parent's entry does not learn that its open file was duplicated.
    story.inherit(5, from: 1, to: 2, as: 5) { $0.object = 1 }
    story.open(20, in: 2, site: 2, at: 2.5, call: "dup2") {
      $0.object = 1; $0.source = 5
    }
    story.start(3, by: 2, "execve", how: .exec, at: 3, to: 60)
    story.inherit(20, from: 2, to: 3, via: .exec)
    let row = story.rows().first
    #expect(row?.handles.map(\.cause) == [.passed] && row?.opener == 1)
    #expect(row?.opened.api == "open" && row?.handles[0].made.api == "dup2")
  }

  @Test("dup2 onto a low number is by design, onto another it is not", arguments: [3, 12])
  func lowNumber(fd: Int) {
    var story = Scenario()
    story.process(to: 50)
    story.open(fd, at: 1, call: "dup2") { $0.source = 40 }
    story.start(2, by: 1, "system", how: .spawn, at: 2, to: nil)
    story.inherit(fd, from: 1, to: 2, via: .exec)
    #expect(story.rows().map(\.handles[0].cause) == [fd == 3 ? .passed : .neverSet])
  }

  @Test("FD_CLOEXEC taken away in the child is by design, which its flags prove")
  func clearedInChild() {
    var story = Scenario()
    story.process(to: 50)
    story.open(5, at: 1) { $0.flags = .closeOnExec }
    story.start(2, by: 1, "fork", how: .fork, at: 2, to: 3, end: .exec)
    story.inherit(5, from: 1, to: 2, as: 5) { $0.flags = [] }
    story.start(3, by: 2, "execve", how: .exec, at: 3, to: nil)
    story.inherit(5, from: 2, to: 3, via: .exec)
    #expect(story.rows().map(\.handles[0].cause) == [.cleared])
  }

  @Test("FD_CLOEXEC taken away by the opener is by design, as the ring tells")
  func clearedByOpener() {
    var story = Scenario.server()
    story.ring([RingRecord(kind: .flags, at: 1.5, call: "fcntl", fd: 5, result: 0)])
    #expect(story.rows().map(\.handles[0].cause) == [.cleared])
    // After the program was started it explains nothing.
    story.ring([RingRecord(kind: .flags, at: 2.5, call: "fcntl", fd: 5, result: 0)])
    #expect(story.rows().map(\.handles[0].cause) == [.neverSet])
  }

  @Test("So does it tell of one that was closed since, and whose number went to another")
  func clearedThenReplaced() {
    var story = Scenario.server()
    story.trace.processes[0].descriptors.removeAll { $0.fd == 5 }
    story.open(5, site: 2, at: 9)
    story.ring([RingRecord(kind: .flags, at: 1.5, call: "fcntl", fd: 5, result: 0)])
    #expect(story.rows().map(\.handles[0].cause) == [.cleared])
    // That was the other one.
    story.ring([RingRecord(kind: .flags, at: 9.5, call: "fcntl", fd: 5, result: 0)])
    #expect(story.rows().map(\.handles[0].cause) == [.neverSet])
  }

  @Test("That the flag was never set is not certain once the ring has lost records")
  func lostHistory() {
    var story = Scenario.server()
    #expect(story.rows().map(\.handles[0].isCertain) == [true])
    story.trace.events.isTotalExact = false
    #expect(story.rows().map(\.handles[0].isCertain) == [false])
    #expect(late(forker: 2).rows().map(\.handles[0].isCertain) == [true])
  }

  /// Thread 1 opens fd 5, `forker` forks, thread 1 sets the flag; the child runs a program.
  private func late(forker: UInt32, ring: Bool = true) -> Scenario {
    var story = Scenario()
    story.process(to: 50)
    story.trace.processes[0].flags.insert(.threads)
    story.open(5, at: 1) { $0.flags = [.closeOnExec, .closeOnExecLate] }
    story.start(2, by: 1, "fork", how: .fork, at: 2, to: 4, end: .exec)
    story.inherit(5, from: 1, to: 2, as: 5) { $0.flags = [] }
    story.start(3, by: 2, "execve", how: .exec, at: 4, to: nil)
    story.inherit(5, from: 2, to: 3, via: .exec)
    guard ring else { return story }
    story.ring([
      RingRecord(kind: .flags, at: 3, call: "fcntl", fd: 5, result: 1),
      RingRecord(
        kind: .forked, thread: forker, at: 2.1, call: "fork", stack: 502, result: 1002),
    ])
    return story
  }

  private func lateness(_ story: Scenario) -> InheritanceAudit.Lateness? {
    guard case .setTooLate(let lateness) = story.rows().first?.handles[0].cause else { return nil }
    return lateness
  }

  @Test("Between the open and the flag another thread forked: the race, with its times")
  func race() {
    #expect(
      lateness(late(forker: 2))
        == .init(openedNs: 1_000_000, forkedNs: 2_000_000, flaggedNs: 3_000_000, isRace: true))
  }

  @Test("A flag that the opener's own thread set after its fork is late, and no race")
  func ownThread() {
    #expect(lateness(late(forker: 1))?.isRace == false)
    var story = late(forker: 1, ring: false)
    story.trace.processes[0].flags.remove(.threads)
    #expect(lateness(story)?.isRace == false)
  }

  @Test("Without the ring the flags of parent and child still prove that it was too late")
  func withoutRing() {
    #expect(
      lateness(late(forker: 2, ring: false))
        == .init(openedNs: 1_000_000, forkedNs: 2_000_000, flaggedNs: nil, isRace: nil))
  }
}
