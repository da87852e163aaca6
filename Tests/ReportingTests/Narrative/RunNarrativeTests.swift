import LeakAnalysis
import Testing

@testable import Reporting

@Suite("What is told of a run and its processes")
struct RunNarrativeTests {
  @Test("Sites of one place are one among who held most when descriptors ran out")
  func holdersOfOnePlace() {
    var report = Sample.report
    func holder(_ site: Int, _ count: UInt64, _ place: String) -> Report.LimitHit.Holder {
      .init(site: site, count: count, openedAt: place, api: "open")
    }
    report.processes[0].limitHit = Report.LimitHit(
      api: "open", stack: Sample.openLog,
      holders: [
        holder(1, 9, "a.c:4"), holder(2, 8, "b.c:7"), holder(3, 8, "a.c:4"), holder(4, 2, "c.c:1"),
        holder(5, 1, "d.c:1"),
      ], count: 40)
    #expect(
      Narrative(report).context.contains {
        $0.hasSuffix(
          "; open then: 17 from open() at a.c:4, 8 from open() at b.c:7, 2 from open() at c.c:1"
            + " +13 more.")
      })
  }

  @Test("A limit that was raised after it was met is not told as the one that was met")
  func raisedLimit() {
    var report = Sample.ranOut
    #expect(Narrative(report).context.contains { $0.contains(" ran out of fds (limit 1024) in ") })
    report.processes[0].fdLimit = 4096
    #expect(Narrative(report).context.contains { $0.contains(" ran out of fds in accept4()") })
  }

  @Test("What is open at the end and the most at once are counted alike, with standard streams")
  func historyWithStreams() throws {
    var report = Sample.report
    report.processes = [report.processes[0]]
    var history = try #require(Narrative(report).history)
    #expect(
      history.facts == [
        "With 0-2: 46 open at the end; at most 46, after 12 s; the limit is 1024."
      ])
    #expect(history.line.counts.last == 42)
    report.processes[0].standardStreams = 0
    history = try #require(Narrative(report).history)
    #expect(history.facts[0].hasPrefix("43 open at the end; at most 46, after"))
    #expect(history.line.counts.last == 39)
  }

  @Test("What the picture has above the recorded peak is the most, at no moment that was recorded")
  func historyAbovePeak() throws {
    var report = Sample.report
    report.processes = [report.processes[0]]
    report.processes[0].peak = 41
    let history = try #require(Narrative(report).history)
    #expect(
      history.facts == ["With 0-2: 46 open at the end; at most 46; the limit is 1024."])
    #expect(history.line.peak == 46 && history.line.peakIndex == nil)
  }

  @Test("The picture has what came and went between two moments")
  func historyOfPeaks() throws {
    var report = Sample.report
    report.processes = [report.processes[0]]
    report.processes[0].timeline = .init(counts: Array(repeating: 2, count: 120))
    report.processes[0].timelinePeaks = (0..<120).map { $0 % 2 == 0 ? 2 : 30 }
    let history = try #require(Narrative(report).history)
    #expect(history.line.counts.prefix(2) == [5, 33])
  }

  @Test("A tree without a finding has a picture of who came near the limit, or none")
  func historyWithoutFinding() throws {
    var report = Sample.report
    report.sites = report.sites.filter { $0.verdict == .held }
    report.processes[3].peak = 60
    report.processes[3].timeline = .init(counts: Array(repeating: 60, count: 120))
    #expect(Narrative(report).history == nil)
    report.processes[0].fdLimit = 64
    #expect(try #require(Narrative(report).history).facts[0].hasPrefix("pid 790"))
    report.processes[0].fdLimit = 1024
    report.processes[0].closedAtEnd = .init(count: 40, withinNs: 1)
    #expect(try #require(Narrative(report).history).facts[0].hasPrefix("pid 790"))
    report.processes = [report.processes[0]]
    report.processes[0].closedAtEnd = nil
    report.trace.processCount = 1
    #expect(Narrative(report).history != nil)
  }

  @Test("What still runs is named where the program that was asked for has ended")
  func stillRunning() {
    var report = Sample.report
    report.processes[2].endKind = "running"
    #expect(
      Narrative(report).context.last
        == "Still running: pid 812 (worker). What it holds is told as of now.")
    report.processes[0].endKind = "running"
    #expect(Narrative(report).context.last == "Still running: this is the state so far.")
    report.processes[0].connectionsSeen = 6
    #expect(
      Narrative(report).context.last
        == "Still running: this is the state so far. The states of 6 tcp sockets are those that"
        + " the kernel tells now.")
  }

  @Test("Of a process that is not seen, and whose end is not, that is said, and no end told")
  func outOfSight() {
    var report = Sample.report
    report.processes[2].mayRun = true
    report.processes[2].endKind = "unknown"
    let narrative = Narrative(report)
    #expect(
      narrative.context.last
        == "No end was recorded of pid 812 (worker), and it is not seen from here: it may have"
        + " ended.")
    let tree = narrative.processTree(atMost: 9).map(\.text)
    #expect(tree.contains { $0.contains("end not seen, ") && $0.contains("when last written") })
    report.processes[1].mayRun = true
    #expect(
      Narrative(report).context.last?.hasSuffix(
        "and they are not seen from here: they may have ended.")
        == true)
    // Beside what is seen to run.
    report.processes[0].endKind = "running"
    #expect(Narrative(report).context.last?.hasPrefix("Still running") == true)
  }

  @Test("A program that went on as another one is one process")
  func processCount() {
    var report = Sample.report
    report.trace.execCount = 1
    #expect(Narrative(report).context[1].hasPrefix("3 processes, 12 s"))
    report.trace.execCount = 3
    #expect(Narrative(report).context[1].hasPrefix("12 s"))
  }

  private static let causes =
    "being static, setuid, started without the preload (FDTRACK_FOLLOW=1 hands it on), ended before"
    + " it could, or not let into the trace (another user, a read-only mount, too little address space, a trace renamed or"
    + " removed)"

  @Test("A process that went on as a program that is not traced is told of as such")
  func goesOnUntraced() {
    var report = Sample.report
    report.processes[1].goesOnUntraced = true
    let narrative = Narrative(report)
    #expect(narrative.processTree(atMost: 9)[1].text.hasSuffix(", not traced to its end"))
    #expect(
      narrative.coverage.contains(
        "Not traced, \(Self.causes): pid 812 (server), pid 813 (busybox)."))
  }

  @Test("Of a program that is not traced the call that started it tells the name")
  func untracedNames() {
    var report = Sample.report
    report.processes[1].goesOnUntraced = true
    report.processes[1].untracedProgram = "/opt/bin/plugin"
    report.processes[1].endKind = "exec"
    func line() -> String { Narrative(report).processTree(atMost: 9)[1].text }
    #expect(line().contains(", went on as plugin, ") && line().hasSuffix("not traced to its end"))
    #expect(Narrative(report).coverage.contains { $0.contains(": pid 812 (plugin), pid 813") })
    report.processes[1].endKind = "exit"
    #expect(line().hasSuffix(", after it went on as plugin, not traced to its end"))
    var spawned = Report.Process(id: 9, pid: 0)
    (spawned.isTraced, spawned.untracedProgram) = (false, "bin/helper")
    #expect(spawned.label == "a process of unknown pid (helper)")
    #expect(spawned.command == "bin/helper")
  }

  @Test("That the command was not traced is a loss, and told apart from its children")
  func untracedCommand() {
    var report = Sample.report
    report.processes[0].isTraced = false
    let facts = Narrative(report).coverageFacts.filter { $0.code == "not_traced" }
    #expect(
      facts.map(\.text) == [
        "The command itself was not traced, \(Self.causes): pid 790 (server).",
        "Not traced, \(Self.causes): pid 813 (busybox).",
      ])
    #expect(facts.map(\.isLoss) == [true, false] && report.isLossy)
  }

  @Test("A command whose last program was not traced is told by what it ran before")
  func commandGoesOn() {
    var report = Sample.report
    report.processes = Array(report.processes.prefix(2))
    report.processes[1].how = "exec"
    report.processes[1].parent = report.processes[0].id
    report.processes[1].goesOnUntraced = true
    #expect(report.untracedRoot?.id == report.processes[1].id)
    #expect(
      Narrative(report).coverage.contains {
        $0.hasPrefix("The command went on as a program that was not traced, ")
      })
  }

  @Test(
    "The command is what a program starts whose work is to start another, and what it goes on as")
  func launcher() {
    func process(_ id: Int, _ how: String, _ parent: Int?, _ exe: String) -> Report.Process {
      var process = Report.Process(id: id, pid: id)
      (process.how, process.parent, process.exe) = (how, parent, exe)
      return process
    }
    func command(_ processes: [Report.Process]) -> Int? { processes.command?.id }
    let timeout = process(1, "start", nil, "/usr/bin/timeout")
    let copy = process(2, "fork", 1, "/usr/bin/timeout")
    #expect(command([]) == nil && command([timeout]) == 1)
    #expect(command([timeout, copy]) == 2)
    #expect(command([timeout, copy, process(3, "exec", 2, "/srv/app")]) == 3)
    let run = [timeout, copy, process(3, "exec", 2, "/srv/app"), process(4, "fork", 3, "/srv/app")]
    #expect(command(run) == 3, "a child of the command's own is another matter")
    // A helper of sudo's comes before what was asked for.
    let sudo = process(1, "start", nil, "/usr/bin/sudo")
    #expect(
      command([sudo, process(2, "spawn", 1, "/sbin/helper"), process(3, "fork", 1, "x")]) == 3)
    let shell = process(1, "start", nil, "/bin/sh")
    #expect(command([shell, copy]) == 1)
    #expect(
      command([shell, process(2, "exec", 1, "/usr/bin/su"), process(3, "spawn", 2, "x")]) == 3)
  }

  @Test("Processes whose parents form a circle are all told, once")
  func circle() {
    var report = Sample.report
    report.processes[0].parent = 3
    let lines = Narrative(report).processTree(atMost: 100)
    #expect(lines.count == 4)
    #expect(Set(lines.map(\.text)).count == 4)
  }

  @Test("Siblings that differ in their pids alone are one line, where lines may be folded")
  func alikeSiblings() {
    var report = Sample.report
    report.processes = (1...8).map { id in
      var process = Report.Process(id: id, pid: 100 + id)
      process.parent = id > 1 ? 1 : nil
      process.how = id > 1 ? "fork" : "start"
      process.argv = ["./tool"]
      process.endKind = "exit"
      process.endCode = id == 5 ? 1 : 0
      return process
    }
    let narrative = Narrative(report)
    let lines = narrative.processTree(atMost: 100, folds: true)
    #expect(
      lines.dropFirst().map(\.text) == [
        "6 times ./tool: by fork, exit 0, 0 fds open at the end (pids 102-104, 106-108)",
        "105 ./tool: by fork, exit 1, 0 fds open at the end",
      ])
    #expect(lines.map(\.count) == [1, 6, 1])
    #expect(narrative.processTree(atMost: 100).count == 8)
    // One that started something is told by itself.
    report.processes[7].parent = 3
    let apart = Narrative(report).processTree(atMost: 100, folds: true)
    #expect(apart.map(\.process) == [1, 2, 3, 8, 5] && apart.map(\.count) == [1, 4, 1, 1, 1])
    // Two stay where they stand.
    report.processes.removeLast(2)
    (report.processes[1].endCode, report.processes[2].endCode) = (2, 3)
    let two = Narrative(report).processTree(atMost: 100, folds: true)
    #expect(two.map(\.process) == [1, 2, 3, 4, 5, 6])
  }

  @Test("Siblings that started the same are one line, and what each started stands once below")
  func alikeFamilies() {
    var report = Sample.report
    func process(_ id: Int, _ parent: Int?, _ how: String, _ command: String, _ code: Int32 = 0) {
      var process = Report.Process(id: id, pid: 100 + id)
      (process.parent, process.how, process.argv) = (parent, how, [command])
      (process.endKind, process.endCode) = ("exit", code)
      report.processes.append(process)
    }
    report.processes = []
    process(1, nil, "start", "./server")
    for family in 0..<4 {
      let first = 2 + 5 * family
      process(first, 1, "fork", "./server", family == 3 ? 1 : 0)
      process(first + 1, first, "exec", "sh")
      for leaf in 2...4 { process(first + leaf, first + 1, "fork", "sh") }
    }
    let lines = Narrative(report).processTree(atMost: 100, folds: true)
    #expect(
      lines.prefix(4).map(\.text) == [
        "101 ./server: exit 0, 0 fds open at the end",
        "3 times ./server: by fork, exit 0, 0 fds open at the end (pids 102, 107, 112)",
        "in each: sh: by exec, exit 0, 0 fds open at the end",
        "in each, 3 times: sh: by fork, exit 0, 0 fds open at the end",
      ])
    #expect(
      lines.map(\.count) == [1, 3, 3, 9, 1, 1, 3] && lines.map(\.depth) == [0, 1, 2, 3, 1, 2, 3])
    #expect(Narrative(report).processTree(atMost: 100).count == 21)
  }

  @Test("Of a chain of processes, lines are made as asked, with their outermost levels")
  func longChain() {
    var report = Sample.report
    report.processes = (1...500).map { id in
      var process = Report.Process(id: id, pid: id)
      process.parent = id > 1 ? id - 1 : nil
      return process
    }
    let lines = Narrative(report).processTree(atMost: 100)
    #expect(lines.count == 100)
    #expect(lines[99].follows.count == 16 && lines[3].follows.count == 3)
    #expect(lines[99].depth == 99 && lines[3].depth == 3)
    // In text they go as far to the right as there is room, and no line back to the left.
    let text = TextRenderer(style: TextStyle(width: 200, usesUnicode: false)).render(report)
    let tree = text.split(separator: "\n").drop { $0 != "Processes" }.dropFirst().prefix(24)
    let columns = tree.map {
      $0.utf8.firstIndex { (48...57).contains($0) || $0 == 43 } ?? $0.endIndex
    }
    let distances = zip(tree, columns).map { $0.utf8.distance(from: $0.startIndex, to: $1) }
    #expect(distances.prefix(11) == [2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32])
    #expect(Set(distances.dropFirst(11)) == [29], "where +1, +2 and so on stand")
  }
}
