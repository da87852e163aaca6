import LeakAnalysis
import Testing

@testable import Reporting

@Suite("What is told of a site")
struct SiteNarrativeTests {
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
    func failed(_ count: Int) -> String? {
      report.sites[1].reasons = [
        Sample.reason(
          .abandonedAfterFailure(
            api: "read", error: 5, errorName: "EIO", count: count, of: count, stack: 0))
      ]
      return narrative.reason(of: report.sites[1])
    }
    #expect(failed(2)?.hasPrefix("In pid 790 (server), with 2 of 3: ") == true)
    #expect(failed(3)?.hasPrefix("The last thing that happened to all 3") == true)
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
        "1265 others by close() in finish at client.c:99, after 100 ns to 2.1 s, median about 12 ms.",
        "1263 others by close() in open_log at log.c:7, after 100 ns to 200 ns, median about 12 ms.",
      ])
  }

  @Test("Times that read alike are told once, and of two closes nothing is mostly so")
  func closersOfOneTime() {
    func closed(_ count: UInt64, _ low: UInt64, _ high: UInt64) -> String? {
      var site = Sample.leak
      site.closers[0].count = count
      (site.closers[0].minNs, site.closers[0].maxNs) = (low, high)
      return Narrative(Sample.report).facts(of: site).first { $0.label == "closed" }?.lines.first
    }
    #expect(closed(9, 9_510_000, 9_540_000)?.hasSuffix("client.c:99, after 9.5 ms.") == true)
    #expect(closed(2, 1_000_000, 9_500_000)?.hasSuffix(", after 1 ms to 9.5 ms.") == true)
  }

  @Test("Where nothing but other ends of pairs were closed, that is what is told")
  func closersOfOtherEnds() throws {
    var site = Sample.leak
    site.byProcess[0].otherEnds = site.closed
    let closed = try #require(
      Narrative(Sample.report).facts(of: site).first { $0.label == "closed" })
    #expect(closed.lines[0].hasPrefix("1260 other ends by close() in finish at client.c:99"))
  }

  @Test("Of the processes that hold some, those that hold most are told first")
  func holdersInOrder() {
    var site = Sample.suspect
    site.byProcess[0].live = 1
    site.byProcess[1].live = 2
    let who = Narrative(Sample.report).facts(of: site).first { $0.label == "who" }
    #expect(who?.lines.map { $0.prefix(7) } == ["pid 812", "pid 790"])
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
    var two = log
    (two.id, two.live, two.reasons[0].text) = (92, 1, "It waits for connections.")
    #expect(
      Narrative(Sample.report).briefly([two, two]) == [
        "2 files from open() in open_log at log.c:7, in 2 ways. Each waits for connections."
      ])
    #expect(
      Narrative(Sample.report).briefly([log, pool, other]) == [
        "5 files from open() in open_log at log.c:7, in 2 ways. \(reason)",
        "1 file from open() in open_log at log.c:7. Another reason.",
      ])
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

  @Test("What happened last in one place is told once, in however many ways")
  func alikeCauses() {
    func cause(_ line: Int, _ count: Int) -> Report.Note {
      let place = Sample.frame("ask", "/src/a.c", line, offset: UInt64(count))
      return .init(api: "recv", error: 0, stack: .init(frames: [place]), count: count, of: 40)
    }
    var site = Sample.leak
    site.causes = [cause(9, 37), cause(3, 1), cause(9, 2)]
    #expect(
      Narrative(Sample.report).causes(of: site) == [
        "The last call seen on 39 of 40: recv() returned 0 in ask at a.c:9.",
        "The last call seen on 1 of 40: recv() returned 0 in ask at a.c:3.",
      ])
  }

  @Test("A timeout is told beside the failures that reasons tell of")
  func timeout() {
    let place = Sample.frame("ask", "/src/a.c", 9, offset: 1)
    var site = Sample.leak
    #expect(Narrative(Sample.report).causes(of: site).isEmpty)
    site.causes.append(
      .init(
        api: "recv", error: 11, errorName: "EAGAIN", stack: .init(frames: [place] + Sample.tail),
        count: 6, of: 40))
    #expect(
      Narrative(Sample.report).causes(of: site) == [
        "The last call seen on 6 of 40: recv() failed with EAGAIN (a timeout) in ask at a.c:9,"
          + " called by main at main.c:12."
      ])
    site.causes[1].api = "__poll_chk"
    #expect(
      Narrative(Sample.report).causes(of: site) == [
        "The last call seen on 6 of 40: poll() timed out in ask at a.c:9, called by main at main.c:12."
      ])
  }

  @Test("What was read to its end is told as part of what the peers have closed")
  func nestedCauses() {
    func told(_ peersClosed: Int, ends: Int, of process: Int? = nil) -> String? {
      let place = Sample.frame("ask", "/src/a.c", 9, offset: 1)
      var site = Sample.leak
      site.judgedProcess = process
      site.reasons = [Sample.reason(.peerClosed(count: peersClosed, of: 32))]
      site.causes = [
        .init(api: "recv", error: 0, stack: .init(frames: [place]), count: ends, of: 32)
      ]
      return Narrative(Sample.report).causes(of: site).first
    }
    func sentence(_ share: String) -> String {
      "The last call seen on \(share): recv() returned 0 in ask at a.c:9."
    }
    #expect(told(16, ends: 8) == sentence("8 of 16 whose peers have closed"))
    #expect(told(16, ends: 16) == sentence("all 16 whose peers have closed"))
    #expect(told(1, ends: 1) == sentence("the one whose peer has closed"))
    #expect(told(32, ends: 8) == sentence("8 of 32"))
    #expect(told(16, ends: 8, of: 1) == sentence("8 of 32"), "the reason is of one process")
  }

  @Test("Descriptor numbers are given as ranges")
  func numbers() {
    #expect(Narrative.numbers([7]) == "fd 7")
    #expect(Narrative.numbers([9, 7, 8, 12]) == "fds 7-9, 12")
    #expect(Narrative.numbers(Array(stride(from: 0, to: 40, by: 2))).hasSuffix("14 +12 more"))
    let pairs = (0..<12).flatMap { [4 * $0, 4 * $0 + 1] }
    #expect(Narrative.numbers(pairs).hasSuffix("28-29 +8 more"))
  }
}
