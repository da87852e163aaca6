import LeakAnalysis
import Testing

@testable import Reporting

@Suite("What a report says")
struct NarrativeTests {
  private func headline(_ change: (inout Report) -> Void) -> String {
    var report = Sample.report
    report.misuse = []
    report.inheritance = []
    change(&report)
    return Narrative(report).headline
  }

  @Test("Wrong uses and limits that were hit are in the headline, whatever is open")
  func headlineNotes() {
    let text = headline {
      $0.sites = []
      $0.misuse = Sample.report.misuse
      $0.processes[0].limitHit = .init(api: "open", stack: .missing, atNs: nil)
    }
    #expect(text == "No leak. 1 process ran out of fds. 1 wrong use of fds.")
  }

  @Test("What was closed only at the end is told with who opened it, whatever is open")
  func closedAtEnd() {
    var report = Sample.report
    report.processes[0].closedAtEnd = Report.ClosedAtEnd(
      count: 62, withinNs: 14_000_000,
      holders: [.init(site: 9, count: 60, openedAt: "client.c:38", api: "socket")])
    let narrative = Narrative(report)
    #expect(narrative.headline.contains("(3 fds). 62 fds were closed only at the end. 1 wrong"))
    #expect(
      narrative.context.contains(
        "pid 790 (server) opened 62 fds over time and closed them only in the last 14 ms of its"
          + " life: 60 from socket() at client.c:38."))
  }

  @Test("Listeners that were set apart are told in neither the title nor the headline as leaks")
  func listenersApart() {
    var report = Sample.report
    report.sites[0].byProcess[0].apart = 2
    let narrative = Narrative(report)
    #expect(narrative.headline.hasPrefix("1 call site leaks 38 fds;"))
    #expect(narrative.title(of: report.sites[0]).hasPrefix("38 of 40 tcp sockets from socket()"))
    report.sites[0].verdict = .held
    #expect(narrative.title(of: report.sites[0]).hasPrefix("40 tcp sockets from socket()"))
  }

  @Test("Of several processes, the one that the reasons are of is named, with its part")
  func judgedProcess() {
    var report = Sample.report
    report.sites[1].judgedProcess = 1
    let narrative = Narrative(report)
    #expect(
      narrative.facts(of: report.sites[1])[0].lines == [
        "In pid 790 (server), with 2 of 3: Only 3 are open, and nothing tells whether more would"
          + " come.",
        report.sites[1].reasons[1].text,
      ])
    report.sites[1].reasons = [Sample.reason(.single)]
    #expect(narrative.reason(of: report.sites[1]) == report.sites[1].reasons[0].text)
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

  @Test("Ways to one closing line are told as one")
  func closersOfOneLine() throws {
    var site = Sample.leak
    var other = site.closers[0]
    (other.count, other.minNs, other.maxNs) = (5, 100, 200)
    other.stack.frames.append(Sample.frame("run", "/srv/app/src/main.c", 3, offset: 0x77))
    var elsewhere = other
    (elsewhere.count, elsewhere.stack) = (1263, Sample.openLog)
    site.closers += [elsewhere, other]
    let lines = try #require(
      Narrative(Sample.report).facts(of: site).first { $0.label == "closed" }
    ).lines
    #expect(
      lines == [
        "1265 others by close() in finish at client.c:99, after 100 ns to 2.1 s, mostly about 12 ms.",
        "1263 others by close() in open_log at log.c:7, after 100 ns to 200 ns, mostly about 12 ms.",
      ])
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

  @Test("Of the processes that hold some, those that hold most are told first")
  func holdersInOrder() {
    var site = Sample.suspect
    site.byProcess[0].live = 1
    site.byProcess[1].live = 2
    let who = Narrative(Sample.report).facts(of: site).first { $0.label == "who" }
    #expect(who?.lines.map { $0.prefix(7) } == ["pid 812", "pid 790"])
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
  }

  @Test("A program that went on as another one is one process")
  func processCount() {
    var report = Sample.report
    report.trace.execCount = 1
    #expect(Narrative(report).context[1].hasPrefix("3 processes, 12 s"))
    report.trace.execCount = 3
    #expect(Narrative(report).context[1].hasPrefix("12 s"))
  }

  @Test("Held sites that differ in the way to the call alone are one line")
  func briefly() {
    var (log, other, pool) = (
      Sample.report.sites[2], Sample.report.sites[2], Sample.report.sites[2]
    )
    other.id = 90
    other.live = 4
    (pool.id, pool.reasons[0].text) = (91, "Another reason.")
    (log.objects, other.objects, pool.objects) = (0, 0, 0)
    let reason = log.reasons[0].text
    #expect(
      Narrative(Sample.report).briefly([log, pool, other]) == [
        "5 files from open() in open_log at log.c:7, in 2 ways. \(reason)",
        "1 file from open() in open_log at log.c:7. Another reason.",
      ])
  }

  @Test("The verdict counts call sites and descriptors")
  func headlines() {
    #expect(headline { _ in } == "1 call site leaks 40 fds; 1 more is suspect (3 fds).")
    #expect(
      headline {
        $0.sites[1].verdict = .leak
        $0.sites[2].verdict = .leak
      } == "3 call sites leak 44 fds.")
    #expect(
      headline { $0.sites.remove(at: 0) } == "No certain leak; 1 call site is suspect (3 fds).")
    #expect(
      headline { $0.sites.removeFirst(2) }
        == "No leak; 1 call site holds 1 fd that looks intended.")
    #expect(headline { $0.sites = [] } == "No leak.")
  }

  @Test(
    "A trace that lost anything never reads clean",
    arguments: [
      { $0.trace.losses = [Report.Loss(name: "stacks", text: "events without a stack", count: 2)] },
      { $0.trace.damaged = 1 }, { $0.trace.unseen = 1 }, { $0.trace.vanished = 1 },
    ] as [@Sendable (inout Report) -> Void])
  func lossy(damage: @Sendable (inout Report) -> Void) {
    let clean = headline {
      $0.sites = []
      damage(&$0)
    }
    #expect(clean == "No leak in what was seen, but the trace is incomplete: see Coverage.")
    #expect(headline(damage).contains("the trace is incomplete, see Coverage"))
    var report = Sample.report
    damage(&report)
    #expect(!Narrative(report).coverage.contains { $0.hasPrefix("Nothing was lost") })
  }

  @Test(
    "Where nothing is missing but ends of stacks, that is said",
    arguments: ["stacks_broken", "stacks_cut"])
  func shortStacks(name: String) {
    let short: (inout Report) -> Void = {
      $0.trace.losses = [Report.Loss(name: name, text: "early ends", count: 2)]
    }
    #expect(headline(short).contains("(3 fds); some stacks end early, see Coverage."))
    let clean = headline {
      $0.sites = []
      short(&$0)
    }
    #expect(clean == "No leak in what was seen, but some stacks end early: see Coverage.")
    let damaged = headline {
      short(&$0)
      $0.trace.damaged = 1
    }
    #expect(damaged.contains("the trace is incomplete"))
  }

  @Test("A program that ended around libc may have opened around it, and never reads clean")
  func endedAroundLibc() {
    let text = headline {
      $0.sites = []
      $0.processes[0].wasChecked = false
    }
    #expect(text == "No leak in what was seen, but not all may have been: see Coverage.")
    let killed = headline {
      $0.sites = []
      $0.processes[0].wasChecked = false
      $0.processes[0].endKind = "signal"
    }
    #expect(killed == "No leak.")
  }

  @Test("Leaks that the filter hides are not denied")
  func filtered() {
    let text = headline {
      $0.sites = []
      $0.omitted = Report.Omitted(sites: 2, descriptors: 9, leaks: 1)
    }
    #expect(
      text == "No leak among the sites shown; 1 call site that leaks was left out by the filter.")
  }

  @Test("A process that went on as a program that is not traced is told of as such")
  func goesOnUntraced() {
    var report = Sample.report
    report.processes[1].goesOnUntraced = true
    let narrative = Narrative(report)
    #expect(narrative.processTree(atMost: 9)[1].text.hasSuffix(", not traced to its end"))
    #expect(
      narrative.coverage.contains(
        "Not traced, being static, setuid or started without the preload: pid 812 (server),"
          + " pid 813 (busybox)."))
  }

  @Test("Processes whose parents form a circle are all told, once")
  func circle() {
    var report = Sample.report
    report.processes[0].parent = 3
    let lines = Narrative(report).processTree(atMost: 100)
    #expect(lines.count == 4)
    #expect(Set(lines.map(\.text)).count == 4)
  }

  @Test("Of a chain of processes, lines are made as asked, with their innermost levels")
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
  }

  @Test("The reason for a failed connect names call, error and place")
  func sentence() {
    #expect(
      Sample.leak.reasons[0].text
        == "The last thing that happened to 38 of 40 was that connect() failed with"
        + " ECONNREFUSED in dial at client.c:58.")
    #expect(
      Sample.leak.advice == [
        "Call close() when connect() fails with ECONNREFUSED, in dial at client.c:58,"
          + " as is done for the others in finish at client.c:99."
      ])
  }

  @Test("A unix socket is told with what became of its name")
  func unixNames() {
    func names(_ state: String?, listening: Bool = true, remote: String? = nil) -> String? {
      var site = Report.Site(id: 1)
      site.fds = [3, 4].map { number in
        var fd = Report.Descriptor(process: 1, fd: number)
        fd.kind = "unix"
        fd.name = state == "abstract" ? "@app" : "/run/app.sock"
        fd.state = state
        fd.remote = remote
        fd.isListening = listening
        return fd
      }
      return Narrative(Sample.report).names(of: site)
    }
    #expect(names("unlinked") == "/run/app.sock (listening, its path is gone) (2 times)")
    #expect(names("abstract") == "@app (listening, abstract) (2 times)")
    #expect(names("bound") == "/run/app.sock (listening) (2 times)")
    #expect(names("LISTEN") == "/run/app.sock (listening) (2 times)")
    #expect(names("unnamed", listening: false, remote: "/run/db") == "to /run/db (2 times)")
    #expect(names("bound", listening: false, remote: "unnamed") == "/run/app.sock (2 times)")
  }

  @Test("A site that closed all is told by how many it opened")
  func closedSites() {
    var site = Sample.held
    site.verdict = .clean
    site.live = 0
    site.opened = 1
    let place = site.stack.focus?.phrase ?? ""
    #expect(
      Narrative(Sample.report).title(of: site)
        == "1 file from \(site.api)() \(place), all closed")
    site.opened = 7
    #expect(Narrative(Sample.report).title(of: site).hasPrefix("7 files from "))
  }

  @Test("The advice names the call that releases what was opened")
  func advice() {
    #expect(Sample.suspect.advice[0].contains("call fclose() when done with it"))
    #expect(Sample.suspect.advice[1].hasPrefix("Use the mode letter \"e\" in fopen()"))
    #expect(Sample.held.advice.isEmpty)
  }

  @Test(
    "Spans of time have two units at most",
    arguments: [
      (0, "0 ns"), (999, "999 ns"), (1_500, "1.5 us"), (999_999, "999 us"),
      (12_400_000, "12 ms"), (2_100_000_000, "2.1 s"), (59_999_999_999, "59 s"),
      (60_000_000_000, "1 min"), (3_725_000_000_000, "1 h 2 min"),
      (90_000_000_000_000, "1 d 1 h"), (.max, "213503 d 23 h"),
    ] as [(UInt64, String)])
  func durations(ns: UInt64, text: String) {
    #expect(DurationText.of(ns) == text)
  }

  @Test(
    "Moments are RFC 3339",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"),
      (951_782_399_999_000_000, "2000-02-28T23:59:59.999Z"),
      (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
      (1_772_368_205_250_000_000, "2026-03-01T12:30:05.250Z"),
      (.max, "2554-07-21T23:34:33.709Z"),
    ] as [(UInt64, String)])
  func moments(ns: UInt64, text: String) {
    #expect(Timestamp.text(ns) == text)
  }

  @Test("Descriptor numbers are given as ranges")
  func numbers() {
    #expect(Narrative.numbers([7]) == "fd 7")
    #expect(Narrative.numbers([9, 7, 8, 12]) == "fds 7-9, 12")
    #expect(Narrative.numbers(Array(stride(from: 0, to: 40, by: 2))).hasSuffix("14 +12 more"))
  }
}
