import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("The audit of what programs keep over an exec") struct InheritanceAuditTests {
  /// A server, 1, that opens a listener as fd 5 and starts another program, 2.
  private func server(endsAt end: Double? = 50, childEndsAt: Double? = nil) -> Scenario {
    var story = Scenario()
    story.process(to: end)
    story.open(5, site: 1, at: 1, call: "socket", kind: .tcp) { $0.listen(on: 8080) }
    story.start(2, by: 1, "posix_spawn", how: .spawn, at: 2, to: childEndsAt)
    story.inherit(5, from: 1, to: 2, via: .exec)
    return story
  }

  private func rows(_ story: Scenario, running: Set<Int> = []) -> [InheritanceAudit.Row] {
    Findings(story.trace, running: running).inheritance.rows
  }

  @Test("A row names holder, opener and what started the holder, each with its stack")
  func row() throws {
    let story = server()
    let row = try #require(rows(story, running: [2]).first)
    #expect((row.holder, row.holderLife, row.isHolderTraced) == (2, .running, true))
    #expect((row.opener, row.openerLife) == (1, .ended))
    #expect((row.opened.api, row.opened.stack, row.opened.site) == ("socket", 1, story.site().id))
    #expect((row.start.api, row.start.stack) == ("posix_spawn", 502))
    #expect((row.start.by, row.start.program) == (1, 2))
    #expect(
      (row.kind, row.local, row.state, row.isListening) == (.tcp, "0.0.0.0:8080", "LISTEN", true))
    #expect(row.handles.map(\.fds) == [[5]] && row.handles[0].cause == .neverSet)
    #expect(row.keepsAddressBusy)
  }

  @Test("A chain of execs is one holder, and what started its first program is told")
  func chain() throws {
    var story = Scenario()
    story.process(to: 50)
    story.open(5, at: 1) { $0.name("/log") }
    story.start(2, by: 1, "system", how: .spawn, at: 2, to: 3, end: .exec)
    story.inherit(5, from: 1, to: 2, via: .exec)
    story.start(3, by: 2, "execve", how: .exec, at: 3, to: 60)
    story.inherit(5, from: 2, to: 3, via: .exec)
    let found = rows(story)
    #expect(found.map(\.holder) == [3])
    let row = try #require(found.first)
    #expect((row.start.api, row.start.by, row.start.program) == ("system", 1, 2))
    #expect(
      story.site().reasons.contains(.missingCloseOnExec(count: 1, listening: false, processes: [3]))
    )
  }

  @Test("Listeners come first, of those the ones that keep a port busy")
  func order() {
    var story = server()
    story.open(4, site: 2, at: 1) { $0.name("/log") }
    story.inherit(4, from: 1, to: 2, via: .exec)
    story.process(7, to: nil)
    story.open(3, in: 7, site: 3, at: 1, call: "socket", kind: .tcp) { $0.listen(on: 80) }
    story.start(0, by: 7, "posix_spawn", how: .spawn, at: 2, to: nil)
    story.inherit(3, from: 7, to: 0, via: .exec)
    story.trace.processes.sort { $0.id < $1.id }
    let found = rows(story, running: [2, 7, 0])
    #expect(found.map(\.local) == ["0.0.0.0:8080", "0.0.0.0:80", nil])
    #expect(found.map(\.keepsAddressBusy) == [true, false, false])
  }

  // MARK: Who else has it

  @Test("A port is busy for a reason while its opener lives, under whatever program")
  func openerLives() {
    #expect(rows(server(endsAt: nil), running: [1, 2]).map(\.keepsAddressBusy) == [false])
    var story = server()
    story.trace.processes[0].end = .exec
    story.start(3, by: 1, "execve", how: .exec, at: 50, to: nil)
    #expect(rows(story, running: [2, 3]).map(\.openerLife) == [.running])
    #expect(rows(story, running: [2, 3]).map(\.keepsAddressBusy) == [false])
  }

  @Test("A port is busy for a reason while a child has it by fork alone")
  func workerLives() {
    var story = server()
    story.start(3, by: 1, "fork", how: .fork, at: 2, to: nil)
    story.inherit(5, from: 1, to: 3)
    #expect(rows(story, running: [2, 3]).map(\.holder) == [2])
    #expect(rows(story, running: [2, 3]).map(\.keepsAddressBusy) == [false])
    story.trace.processes[2].end = .signal(9)
    #expect(rows(story, running: [2]).map(\.keepsAddressBusy) == [true])
  }

  @Test("A port is free once its holder has ended")
  func holderEnded() {
    let row = rows(server(childEndsAt: 60)).first
    #expect(row?.holderLife == .ended && row?.keepsAddressBusy == false)
  }

  @Test("What a started program forks holds as well, for as long as it may live")
  func grandchild() {
    var story = server(childEndsAt: 10)
    story.start(3, by: 2, "fork", how: .fork, at: 4, to: nil)
    story.inherit(5, from: 2, to: 3)
    #expect(rows(story, running: [3]).map(\.holder) == [3, 2])
    #expect(rows(story, running: [3]).map(\.start.program) == [2, 2])
    story.trace.processes[2].end = .exit(status: 0)
    #expect(rows(story).map(\.holder) == [2])
  }

  @Test("An opener of which no end was recorded has ended when the caller knows it gone")
  func killedOpener() {
    let story = server(endsAt: nil)
    #expect(rows(story, running: [2]).map(\.openerLife) == [.unknown])
    let found = Findings(story.trace, running: [2], gone: [1]).inheritance.rows
    #expect(found.map(\.openerLife) == [.ended] && found.map(\.keepsAddressBusy) == [true])
  }

  // MARK: What is nobody's fault

  @Test("Standard streams, what came from outside and what fork alone gave are not told of")
  func notTold() {
    var story = Scenario()
    story.process(to: nil)
    for fd in [0, 1, 2] { story.open(fd, at: 1) }
    story.open(3, at: 1)
    var outside = Descriptor(fd: 7)
    outside.via = .outside
    story.add(outside, to: 1)
    story.start(2, by: 1, "posix_spawn", how: .spawn, at: 2, to: nil)
    for fd in [0, 1, 2, 7] { story.inherit(fd, from: 1, to: 2, via: fd == 7 ? .outside : .exec) }
    story.start(3, by: 1, "fork", how: .fork, at: 2, to: nil)
    story.inherit(3, from: 1, to: 3)
    #expect(rows(story, running: [1, 2, 3]).isEmpty)
  }

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
    #expect(rows(story).map(\.handles[0].cause) == [.passed])
    #expect(rows(story)[0].opened.api == "socket" && !rows(story)[0].isAccused)
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
    #expect(rows(story).map(\.handles[0].cause) == [.passed])
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
    let row = rows(story).first
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
    #expect(rows(story).map(\.handles[0].cause) == [fd == 3 ? .passed : .neverSet])
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
    #expect(rows(story).map(\.handles[0].cause) == [.cleared])
  }

  @Test("FD_CLOEXEC taken away by the opener is by design, as the ring tells")
  func clearedByOpener() {
    var story = server()
    story.ring([RingRecord(kind: .flags, at: 1.5, call: "fcntl", fd: 5, result: 0)])
    #expect(rows(story).map(\.handles[0].cause) == [.cleared])
    // After the program was started it explains nothing.
    story.ring([RingRecord(kind: .flags, at: 2.5, call: "fcntl", fd: 5, result: 0)])
    #expect(rows(story).map(\.handles[0].cause) == [.neverSet])
  }

  @Test("That the flag was never set is not certain once the ring has lost records")
  func lostHistory() {
    var story = server()
    #expect(rows(story).map(\.handles[0].isCertain) == [true])
    story.trace.events.isTotalExact = false
    #expect(rows(story).map(\.handles[0].isCertain) == [false])
    #expect(rows(late(forker: 2)).map(\.handles[0].isCertain) == [true])
  }

  // MARK: Too late

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
    guard case .setTooLate(let lateness) = rows(story).first?.handles[0].cause else { return nil }
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

  // MARK: Duplicates

  @Test("A duplicate of a flagged descriptor is blamed for having no flag of its own")
  func duplicate() throws {
    var story = Scenario()
    story.process(to: 50)
    story.open(5, site: 1, at: 1) {
      $0.flags = .closeOnExec; $0.object = 3
    }
    story.open(16, site: 2, at: 1.5, call: "dup") {
      $0.source = 5; $0.object = 3
    }
    story.start(2, by: 1, "posix_spawn", how: .spawn, at: 2, to: nil)
    story.inherit(16, from: 1, to: 2, via: .exec)
    let row = try #require(rows(story).first)
    #expect((row.opened.api, row.handles[0].made.api) == ("open", "dup"))
    #expect(row.handles[0].cause == .duplicatedWithout && row.handles[0].isDuplicate)
    #expect(story.site(1).reasons.allSatisfy { $0.code != "missing_cloexec" })
    #expect(
      story.site(2).reasons.contains(
        .missingCloseOnExec(count: 1, listening: false, processes: [2])))
  }

  @Test("Two hundred duplicates of one listener are one row, with a handle for each dup site")
  func manyDuplicates() throws {
    var story = Scenario()
    story.process(to: 50)
    story.open(5, site: 1, at: 1, call: "socket", kind: .tcp) {
      $0.listen(on: 80)
      $0.object = 4
    }
    for fd in 10..<210 {
      story.open(fd, site: fd % 2 == 0 ? 2 : 3, at: 1.5, call: "dup", kind: .tcp) {
        $0.source = 5
        $0.object = 4
        $0.flags = .listening
      }
    }
    story.start(2, by: 1, "posix_spawn", how: .spawn, at: 2, to: nil)
    for fd in [5] + Array(10..<210) { story.inherit(fd, from: 1, to: 2, via: .exec) }
    let found = rows(story)
    #expect(found.count == 1)
    let row = try #require(found.first)
    #expect(row.handles.map(\.fds.count) == [1, 100, 100])
    #expect(row.handles.map(\.made.stack) == [1, 2, 3])
    #expect(row.local == "0.0.0.0:80" && row.opened.stack == 1)
  }

  // MARK: Programs that are not traced

  @Test("What a spawned program that never joined got is told from its parent's side")
  func untracedSpawn() throws {
    var story = server()
    story.trace.processes[1].flags = []
    let row = try #require(rows(story).first)
    #expect(!row.isHolderTraced && row.start.program == nil && row.start.by == 1)
    #expect(row.keepsAddressBusy && row.holderLife == .unknown)
  }

  @Test(
    "Of an exec into a program that is not traced, what has no FD_CLOEXEC is kept",
    arguments: [nil, TracedProcess.End.exit(status: 0)])
  func untracedExec(end: TracedProcess.End?) throws {
    var story = Scenario()
    story.process(to: 50)
    story.open(5, site: 1, at: 1, call: "socket", kind: .tcp) { $0.listen(on: 80) }
    story.open(6, site: 2, at: 1) { $0.flags = .closeOnExec }
    story.start(2, by: 1, "fork", how: .fork, at: 2, to: end == nil ? nil : 60, end: end ?? .none)
    for fd in [5, 6] { story.inherit(fd, from: 1, to: 2) }
    story.open(7, in: 2, site: 3, at: 2.5) { $0.flags = .closeOnExec }
    story.trace.processes[1].flags = [.attached, .execPending]
    story.trace.processes[1].execCall = Scenario.call("execve")
    story.trace.processes[1].execStack = 99
    let found = rows(story)
    #expect(found.map { $0.handles.flatMap(\.fds) } == [[5]])
    let row = try #require(found.first)
    #expect((row.holder, row.isHolderTraced) == (2, false))
    #expect(row.holderLife == (end == nil ? .unknown : .ended))
    #expect((row.start.api, row.start.stack, row.start.by) == ("execve", 99, 2))
    #expect(row.start.program == nil)
    // The exec closed what the child had opened itself: that is no leak.
    #expect(story.site(3).live == 0)
    #expect(story.findings.processes[1].inherited.map(\.fd) == [5])
    #expect(story.findings.processes.map(\.goesOnUntraced) == [false, true])
  }

  // MARK: Hostile traces

  @Test("Processes that are each other's parents are told of without an end to it")
  func circle() {
    var story = server()
    story.trace.processes[0].parent = 2
    story.trace.processes[0].how = .exec
    story.trace.processes[1].how = .exec
    #expect(rows(story).isEmpty)
    #expect(Lives(story.trace.processes, running: []).life(of: 1) != .running)
  }

  @Test("Of ancestors beyond sixty-four generations nothing is claimed")
  func deepTree() {
    var story = Scenario()
    story.process(to: nil)
    story.open(5, at: 1)
    for id in 2...100 {
      story.start(id, by: id - 1, "fork", how: .fork, at: Double(id), to: nil)
      story.inherit(5, from: id - 1, to: id)
    }
    story.start(101, by: 100, "posix_spawn", how: .spawn, at: 200, to: nil)
    story.inherit(5, from: 100, to: 101, via: .exec)
    #expect(rows(story).isEmpty)
  }
}
