import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("The audit of what programs keep over an exec") struct InheritanceAuditTests {
  @Test("A row names holder, opener and what started the holder, each with its stack")
  func row() throws {
    let story = Scenario.server()
    let row = try #require(story.rows(running: [2]).first)
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

  @Test("Where a runtime names its code, as it was told to, is no file of the program")
  func codeMaps() {
    func holders(_ path: String) -> [Int] {
      var story = Scenario()
      story.process(to: 50)
      story.open(5, at: 1) { $0.name(path) }
      story.start(2, by: 1, "system", how: .spawn, at: 2, to: 60)
      story.inherit(5, from: 1, to: 2, via: .exec)
      return story.rows().map(\.holder)
    }
    #expect(holders("/tmp/perf-790.map").isEmpty && holders("isolate-0x51f-790-v8.log").isEmpty)
    #expect(holders("/srv/perf-790.maps") == [2] && holders("/srv/isolate.log") == [2])
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
    let found = story.rows()
    #expect(found.map(\.holder) == [3])
    let row = try #require(found.first)
    #expect((row.start.api, row.start.by, row.start.program) == ("system", 1, 2))
    #expect(
      story.site().reasons.contains(
        .missingCloseOnExec(
          count: 1, listening: false, processes: [3], ended: 1, endedCount: 1)))
  }

  @Test("Listeners come first, of those the ones that keep a port busy")
  func order() {
    var story = Scenario.server()
    story.open(4, site: 2, at: 1) { $0.name("/log") }
    story.inherit(4, from: 1, to: 2, via: .exec)
    story.process(7, to: nil)
    story.open(3, in: 7, site: 3, at: 1, call: "socket", kind: .tcp) { $0.listen(on: 80) }
    story.start(0, by: 7, "posix_spawn", how: .spawn, at: 2, to: nil)
    story.inherit(3, from: 7, to: 0, via: .exec)
    story.trace.processes.sort { $0.id < $1.id }
    let found = story.rows(running: [2, 7, 0])
    #expect(found.map(\.local) == ["0.0.0.0:8080", "0.0.0.0:80", nil])
    #expect(found.map(\.keepsAddressBusy) == [true, false, false])
  }

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
    #expect(story.rows(running: [1, 2, 3]).isEmpty)
  }

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
    let row = try #require(story.rows().first)
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
    let found = story.rows()
    #expect(found.count == 1)
    let row = try #require(found.first)
    #expect(row.handles.map(\.fds.count) == [1, 100, 100])
    #expect(row.handles.map(\.made.stack) == [1, 2, 3])
    #expect(row.local == "0.0.0.0:80" && row.opened.stack == 1)
  }

  @Test("What a spawned program that never joined got is told from its parent's side")
  func untracedSpawn() throws {
    var story = Scenario.server()
    story.trace.processes[1].flags = []
    let row = try #require(story.rows().first)
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
    let found = story.rows()
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

  @Test("Processes that are each other's parents are told of without an end to it")
  func circle() {
    var story = Scenario.server()
    story.trace.processes[0].parent = 2
    story.trace.processes[0].how = .exec
    story.trace.processes[1].how = .exec
    #expect(story.rows().isEmpty)
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
    #expect(story.rows().isEmpty)
  }
}
