import Testing

@testable import Reporting

@Suite("How many that programs keep are told in one line") struct KeptGroupTests {
  /// A file under each of `fds` in the process of that id, opened by one line.
  private func files(_ fds: some Sequence<Int>, in holder: Int) -> [Report.KeptFile] {
    fds.map { fd in
      var file = Sample.report.inheritance[1]
      file.holder.process = holder
      file.holder.name.pid = 800 + holder
      file.name = "/cache/\(fd)"
      file.handles = [file.handles[0]]
      file.handles[0].fds = [fd]
      return file
    }
  }

  /// A listener on each of `ports`, in the process of that id, under numbers from 5 on.
  private func listeners(_ ports: ClosedRange<Int>, in holder: Int) -> [Report.KeptFile] {
    ports.map { port in
      var file = Sample.report.inheritance[0]
      file.holder.process = holder
      file.holder.name.pid = 800 + holder
      file.local = "127.0.0.1:\(port)"
      file.opened.atNs = UInt64(port)
      file.handles[0].fds = [5 + port - ports.lowerBound]
      return file
    }
  }

  private func kept(_ files: [Report.KeptFile]) -> [Narrative.Kept] {
    var report = Sample.report
    report.inheritance = files
    return Narrative(report).inheritance
  }

  @Test("Files of one origin are one line, with who else holds the same")
  func manyFiles() {
    let two = kept(files(10..<40, in: 3) + files(10..<40, in: 4))
    #expect(two.count == 1)
    #expect(
      two[0].sentence.hasPrefix(
        "pid 803 (worker) held 30 files /cache/10, /cache/11, ... as fds 10-39, and so did"
          + " pid 804 (worker) until they ended: opened by pid 790 (server)"))
    #expect(two[0].cells[0] == "803 worker, ended +1 more")
    let three = kept([3, 4, 5].flatMap { files(10..<40, in: $0) })
    #expect(three[0].sentence.contains(", and so did 2 more programs until they ended: opened"))
  }

  @Test("Who holds other files of that origin is not said to hold the same, and all are counted")
  func others() {
    let two = kept(files(10...11, in: 3) + files(11...12, in: 4))
    #expect(
      two[0].sentence.hasPrefix(
        "pid 803 (worker) held 2 files /cache/10, /cache/11 as fds 10-11 until it ended, and"
          + " pid 804 (worker) some of the same origin: opened by pid 790 (server)"))
    #expect(two[0].cells[1...2] == ["10-11", "3 files /cache/10, /cache/11, ..."])
    let many = kept(
      files([10], in: 3) + files([10], in: 4) + files([12], in: 5) + files([13], in: 6))
    #expect(
      many[0].sentence.contains(
        ", and so did pid 804 (worker) until they ended, and 2 more programs some of the same"))
  }

  @Test("Numbers are those of the holder that is named")
  func numbers() {
    var rows = files([10], in: 3) + files([10], in: 4)
    rows[1].holder.life = "running"
    rows[1].handles[0].fds = [20]
    let kept = kept(rows)
    #expect(kept[0].cells[0...1] == ["804 worker +1 more", "20"])
    #expect(
      kept[0].sentence.contains("as fd 20, and pid 803 (worker) some of the same origin: opened"))
  }

  @Test("Both ends of a pipe are two, and who has one of them does not have the same")
  func pipe() {
    func ends(_ fds: ClosedRange<Int>, in holder: Int) -> [Report.KeptFile] {
      files(fds, in: holder).map {
        var end = $0
        (end.kind, end.name, end.opened.atNs) = ("pipe", "pipe:[7]", 1)
        return end
      }
    }
    let kept = kept(ends(3...4, in: 3) + ends(4...4, in: 4))
    #expect(kept[0].cells[1...2] == ["3-4", "2 pipe ends pipe:[7]"])
    #expect(kept[0].sentence.contains("until it ended, and pid 804 (worker) some of the same"))
  }

  @Test("What runs of one program open in one line is one line, with how many opened it")
  func runs() {
    func row(_ run: Int) -> Report.KeptFile {
      var file = files([10], in: 100 + run)[0]
      file.opener.process = 50 + run
      file.opener.name.pid = 700 + run
      return file
    }
    let many = kept((1...60).map(row))
    #expect(many.count == 1)
    #expect(many[0].holders.count == 60)
    #expect(many[0].cells[0...2] == ["901 worker, ended +59 more", "10", "60 files /cache/10"])
    #expect(many[0].cells[3] == "701 server, ended +59 more, cache.cc:203")
    #expect(
      many[0].sentence.hasPrefix(
        "pid 901 (worker) held file /cache/10 as fd 10 until it ended, and 59 more programs what"
          + " other processes opened there: opened by pid 701 (server) at"))
    // Another program's are another matter.
    var other = row(2)
    other.opener.name.program = "backup"
    #expect(kept([row(1), other]).count == 2)
  }

  @Test("Each listener has a line of its own, so that its port is found")
  func listeners() {
    let kept = kept(listeners(7610...7614, in: 3) + listeners(7610...7612, in: 4))
    #expect(
      kept.map { $0.cells[2] } == (7610...7614).map { "tcp 127.0.0.1:\($0), listening" })
    #expect(kept.map { $0.holders.count } == [2, 2, 2, 1, 1])
  }

  @Test("A listener is the same under another number")
  func otherNumber() {
    var rows = listeners(7610...7610, in: 3) + listeners(7610...7610, in: 4)
    rows[1].handles[0].fds = [20]
    #expect(kept(rows)[0].sentence.contains(" as fd 5, and so did pid 804 (worker) until they"))
  }

  @Test("Listeners that programs keep are in the headline, with who has them and who opened them")
  func headline() {
    var report = Sample.report
    report.sites = []
    report.misuse = []
    for index in report.processes.indices { report.processes[index].isTraced = true }
    #expect(
      Narrative(report).headline == "No leak. Started programs kept 1 listener: pid 812 (worker)"
        + " had 0.0.0.0:8080, opened by server at server.c:88.")
    report.inheritance[0].holder.life = "running"
    #expect(
      Narrative(report).headline == "No leak. Started programs keep 1 listener: pid 812 (worker)"
        + " has 0.0.0.0:8080, opened by server at server.c:88.")
    (report.inheritance[0].holder.life, report.inheritance[0].holder.isOutOfSight) = (
      "unknown", true
    )
    #expect(Narrative(report).headline.contains("kept 1 listener: pid 812 (worker) had 0.0.0.0"))
    #expect(Narrative(report).inheritance[0].sentence.contains(" held "))
    report.inheritance = listeners(7610...7612, in: 3) + listeners(7610...7612, in: 4)
    let opened = "opened by server at server.c:88"
    #expect(
      Narrative(report).headline == "No leak. Started programs kept 3 listeners: pid 803 (worker)"
        + " had 127.0.0.1:7610, \(opened); pid 803 (worker) had 127.0.0.1:7611, \(opened) +1 more.")
    for index in report.inheritance.indices where report.inheritance[index].holder.process == 3 {
      report.inheritance[index].outlivesOpener = false
    }
    #expect(Narrative(report).headline.contains("kept 3 listeners: pid 804 (worker) had"))
    for index in report.inheritance.indices { report.inheritance[index].outlivesOpener = false }
    #expect(Narrative(report).headline == "No leak.")
    #expect(Narrative(report).inheritance.count == 3)
    for index in report.inheritance.indices {
      report.inheritance[index].outlivesOpener = true
      report.inheritance[index].handles[0].isByDesign = true
    }
    #expect(Narrative(report).headline == "No leak.")
  }
}
