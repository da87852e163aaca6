import Glibc
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("The tree of processes")
struct TreeTests {
  @Test("What fork gave counts as inherited in the child, and live in the opener alone")
  func fork() throws {
    var story = Scenario()
    story.process(to: 100)
    story.open(5, at: 1, call: "socket", kind: .tcp) { $0.listen(on: 8080) }
    story.process(2, from: 2, to: 90, how: .fork, parent: 1)
    story.inherit(5, from: 1, to: 2)
    let findings = story.findings
    #expect(story.site().live == 1 && story.site().byProcess.map(\.process) == [1])
    let held = try #require(findings.processes[1].inherited.first)
    #expect(held.via == .fork && held.openedBy == 1 && held.site == story.site().id)
    #expect(held.name == "0.0.0.0:8080" && held.state == "LISTEN")
    #expect(findings.processes.map(\.openAtEnd) == [1, 1])
  }

  @Test("What system() and popen() start is a shell, though it never joined the trace")
  func shells() {
    var story = Scenario()
    story.process(to: 100)
    for (id, call) in [(2, "system"), (3, "posix_spawn")] {
      story.start(id, by: 1, call, how: .spawn, at: 10, to: 20)
      story.trace.processes[id - 1].flags = []
    }
    #expect(story.findings.processes.map(\.untracedProgram) == [nil, "/bin/sh", nil])
  }

  @Test("Standard streams from outside are counted apart, and those of the program's with the rest")
  func standardStreams() {
    var story = Scenario()
    story.process(to: 100)
    for fd in 0...1 {
      var stream = Descriptor(fd: fd)
      stream.via = .outside
      story.add(stream, to: 1)
    }
    story.open(2, at: 1)
    story.open(5, at: 1)
    let process = story.findings.processes[0]
    #expect(process.openAtEnd == 2 && process.standardStreams == 2)
  }

  @Test("What exec kept is blamed on the opener's site, listeners first, and is no leak by itself")
  func exec() {
    var story = Scenario()
    story.process(to: 100)
    story.open(5, site: 1, at: 1, call: "socket", kind: .tcp)
    story.open(6, site: 2, at: 1, call: "socket", kind: .tcp) { $0.listen(on: 80) }
    story.process(2, from: 2, to: 90, how: .spawn, parent: 1)
    story.inherit(5, from: 1, to: 2, via: .exec)
    story.inherit(6, from: 1, to: 2, via: .exec)
    #expect(story.findings.processes[1].inherited.map(\.fd) == [6, 5])
    #expect(
      story.site(2).reasons.contains(
        .missingCloseOnExec(
          count: 1, listening: true, processes: [2], ended: 1, endedCount: 1)))
    #expect(story.findings.sites.allSatisfy { $0.verdict == .held })
  }

  @Test("An exec into a program that is not traced closes what is flagged so")
  func untracedExec() {
    var story = Scenario()
    story.process(to: 100, end: .none)
    story.trace.processes[0].flags = [.attached, .execPending]
    story.open(5, site: 1, at: 1) { $0.flags = .closeOnExec }
    story.open(6, site: 2, at: 1)
    #expect(story.findings.processes[0].end == .exec)
    #expect(story.findings.processes[0].openAtEnd == 1)
    #expect(story.site(1).live == 0 && story.site(1).verdict == .clean && story.site(2).live == 1)
  }

  @Test("A killed process is judged by what it held")
  func killed() {
    var story = Scenario()
    story.process(to: nil)
    for fd in 3..<10 { story.open(fd, at: Double(fd)) }
    story.trace.clock.latestTicks = Scenario.ticks(100)
    #expect(story.findings.processes[0].end == .unknown && story.site().verdict == .leak)
    #expect(story.findings.processes[0].mayRun)
    #expect(Analysis(story.trace, running: [1]).findings.processes[0].end == .running)
    #expect(!Analysis(story.trace, gone: [1]).findings.processes[0].mayRun)
  }

  @Test("A close that began, a closed and a vanished descriptor are not open")
  func notOpen() {
    var story = Scenario()
    story.process(to: 100)
    for (fd, state) in [(3, Descriptor.State.closing), (4, .closed), (5, .vanished)] {
      story.open(fd, at: 1) { $0.state = state }
    }
    #expect(story.site().live == 0 && story.findings.processes[0].openAtEnd == 0)
  }

  @Test("Standard streams from outside do not count as open at the end")
  func outside() {
    var story = Scenario()
    story.process(to: 100)
    for fd in [0, 1, 2, 7] {
      var descriptor = Descriptor(fd: fd)
      descriptor.via = .outside
      story.add(descriptor, to: 1)
    }
    let process = story.findings.processes[0]
    #expect(process.openAtEnd == 1 && process.inherited.map(\.fd) == [7])
    #expect(process.inherited[0].via == .outside && process.inherited[0].openedBy == nil)
    #expect(process.inherited[0].site == nil)
  }

  @Test("What no call was seen to open is listed with the process, and in the totals")
  func unseen() {
    var story = Scenario()
    story.process(to: 100)
    story.trace.processes[0].unseen = 1
    story.trace.processes[0].vanished = 2
    var descriptor = Descriptor(fd: 9)
    descriptor.via = .unseen
    descriptor.kind = .pipe
    story.add(descriptor, to: 1)
    let findings = story.findings
    #expect(findings.trace.unseen == 1 && findings.trace.vanished == 2)
    #expect(findings.processes[0].unseen.map(\.fd) == [9] && findings.sites.isEmpty)
  }

  @Test("The most that a process had is not below what it has, and then has no moment")
  func peakBelowOpen() {
    var story = Scenario()
    story.process(to: 100)
    story.open(3, at: 1)
    story.trace.processes[0].peak = 1
    story.trace.processes[0].peakTicks = Scenario.ticks(1)
    #expect(story.findings.processes[0].peak == 1)
    #expect(story.findings.processes[0].peakNs == 1_000_000)
    var descriptor = Descriptor(fd: 9)
    descriptor.via = .unseen
    story.add(descriptor, to: 1)
    #expect(story.findings.processes[0].peak == 2)
    #expect(story.findings.processes[0].peakNs == nil)
  }

  @Test("Stacks of equal content under two numbers are one site")
  func equalStacks() {
    var story = Scenario()
    story.process(to: 100)
    story.open(3, site: 1, at: 1)
    story.open(4, site: 2, at: 2)
    #expect(story.findings.sites.count == 2)
    story.trace.stacks.insert(.init(frame: 1 << 48 | 16, parent: 0), as: 2)
    let sites = story.findings.sites
    #expect(sites.count == 1 && sites[0].opened == 2 && sites[0].fds.map(\.fd) == [3, 4])
  }

  @Test("An open that no counter could hold is a site all the same")
  func uncounted() {
    var story = Scenario()
    story.process(to: 100)
    story.open(3, at: 1) { $0.site = 0 }
    story.trace.sites = []
    #expect(story.site().live == 1 && story.site().opened == 1)
  }

  @Test("A process that met its limit is named at the sites that filled it")
  func limit() {
    var story = Scenario()
    story.process(to: 100)
    story.trace.processes[0].limitHit = .init(ticks: 5, stack: 3, call: 1)
    for fd in 3..<20 { story.open(fd, at: Double(fd)) }
    #expect(story.site().reasons.contains(.limitHit(processes: [1])))
    #expect(story.findings.processes[0].limitHit?.api == "open")
  }

  @Test("The same trace gives the same findings, in the same order")
  func deterministic() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<60 {
      story.open(fd, site: fd % 9 + 1, at: Double(fd)) {
        if fd % 2 == 0 { $0.fail("connect", fd % 4 == 0 ? EPIPE : ECONNREFUSED, at: 70) }
      }
    }
    let first = story.findings
    for _ in 0..<20 { #expect(story.findings == first) }
    let ranks = first.sites.map(\.verdict.rank)
    #expect(ranks == ranks.sorted())
  }

  @Test("A fingerprint keeps its parts apart, and is the same everywhere")
  func fingerprint() {
    #expect(Fingerprint(api: "", frames: []).description == "af64724c8602eb6e")
    #expect(
      Fingerprint(api: "open", frames: ["ab", "c"])
        != Fingerprint(api: "open", frames: ["a", "bc"]))
    #expect(Fingerprint(api: "open", frames: ["ab"]).description.count == 16)
  }
}
