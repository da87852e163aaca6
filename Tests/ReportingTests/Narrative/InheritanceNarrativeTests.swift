import Testing

@testable import Reporting

@Suite("What is told of descriptors that programs keep")
struct InheritanceNarrativeTests {
  private func kept(_ change: (inout Report.KeptFile) -> Void = { _ in }) -> [Narrative.Kept] {
    var report = Sample.report
    change(&report.inheritance[0])
    report.inheritance.removeLast()
    return Narrative(report).inheritance
  }

  private let started = " Started as \"worker -v\" by execve() in run_worker at server.c:120."

  @Test("The sentence names holder, opener, place, the missing flag, and who started the holder")
  func sentence() {
    #expect(
      kept().map(\.sentence) == [
        "pid 812 (worker) held tcp 0.0.0.0:8080, listening, as fd 5 until it ended: opened by"
          + " pid 790 (server) at server.c:88, which has ended; missing SOCK_CLOEXEC." + started
      ])
    #expect(
      kept()[0].cells == [
        "812 worker, ended", "5", "tcp 0.0.0.0:8080, listening", "790 server, ended, server.c:88",
        "no SOCK_CLOEXEC",
      ])
    #expect(
      kept()[0].advice == [
        "Use SOCK_CLOEXEC in socket() in listen_on at server.c:88, so that started programs do"
          + " not keep it."
      ])
  }

  @Test(
    "A port that is busy for no other reason is said to be",
    arguments: [
      ("tcp", "running", "The port is busy for no other reason."),
      ("tcp", "unknown", "Unless it has ended, the port is busy for no other reason."),
      ("unix", "running", "Nobody else has that listener."),
    ])
  func busy(kind: String, life: String, end: String) {
    let kept = kept {
      $0.keepsAddressBusy = true
      $0.kind = kind
      $0.holder.life = life
    }
    #expect(kept[0].sentence.hasSuffix(started + " " + end))
  }

  @Test("A program that went on under its opener's pid is told by that")
  func sameProcess() {
    let kept = kept { $0.opener.name = Report.ProcessName(pid: 812, program: "server") }
    #expect(
      kept[0].sentence.contains(": opened at server.c:88 before its exec, as server; missing"))
  }

  @Test("Of a program that is not traced that is said, and no name is made up")
  func untraced() {
    let kept = kept {
      $0.isHolderTraced = false
      $0.holder.name = Report.ProcessName(pid: 813, program: nil)
      $0.start.argv = []
    }
    #expect(kept[0].cells[0] == "813, not traced, ended")
    #expect(kept[0].sentence.hasPrefix("pid 813, which is not traced, held tcp 0.0.0.0:8080"))
    #expect(kept[0].sentence.hasSuffix(" Started by execve() in run_worker at server.c:120."))
  }

  @Test(
    "A flag that came too late is told with who forked, and how close it was",
    arguments: [
      (true, "another thread", "flagged too late: a race"),
      (false, "the same thread", "flagged too late"), (nil, "some thread", "flagged too late"),
    ] as [(Bool?, String, String)])
  func late(race: Bool?, who: String, cell: String) {
    let kept = kept {
      $0.handles[0].cause = "cloexec_too_late"
      $0.handles[0].lateness = Report.Lateness(
        openedNs: 1_000, forkedNs: 3_500, flaggedNs: 4_600, isRace: race)
      $0.handles[0].advice = CloseOnExec.advice(for: $0.handles[0], started: $0.start.call)
    }
    #expect(
      kept[0].sentence.contains(
        "; FD_CLOEXEC was set too late: \(who) forked 2.5 us after the open and 1.1 us before"
          + " the flag."))
    #expect(kept[0].cells[4] == cell)
    #expect(
      kept[0].advice == [
        "Use SOCK_CLOEXEC in socket() in listen_on at server.c:88: what fcntl() sets afterwards"
          + " can come after a fork."
      ])
  }

  @Test("What is by design is told as such, and nothing is advised")
  func byDesign() {
    for (cause, why) in [
      ("passed", "it was passed to that program, by design"),
      ("own_script", "it is the script of its opener, which cannot change that"),
      ("cleared_on_purpose", "FD_CLOEXEC was cleared before the exec, by design"),
    ] {
      let kept = kept {
        $0.handles[0].cause = cause
        $0.handles[0].isByDesign = true
        $0.handles[0].advice = CloseOnExec.advice(for: $0.handles[0], started: $0.start.call)
      }
      #expect(kept[0].sentence.contains("; \(why)."))
      #expect(kept[0].cells[4].hasSuffix("by design") && kept[0].advice.isEmpty)
    }
  }

  @Test("A duplicate is told with the line that dropped the flag")
  func duplicate() {
    let kept = kept {
      $0.handles[0].cause = "dup_without_cloexec"
      $0.handles[0].isDuplicate = true
      $0.handles[0].made = Report.Call(api: "dup", stack: Sample.dial, site: 9)
    }
    #expect(
      kept[0].sentence.contains(
        "; its original has FD_CLOEXEC, which dup() at client.c:38 does not pass on."))
    #expect(kept[0].cells[4] == "dup() without F_DUPFD_CLOEXEC")
  }

  @Test("Two hundred duplicates of one file are told as one open file, by dup site")
  func manyDuplicates() {
    let kept = kept {
      for (first, line) in [(10, 7), (110, 9)] {
        let stack = Report.Stack(frames: [Sample.frame("spread", "/src/a.c", line, offset: 1)])
        $0.handles.append(
          Sample.handle(
            Array(first..<first + 100), "never_cloexec",
            Report.Call(api: "dup", stack: stack, site: line), $0.start))
      }
      $0.handles.removeFirst()
    }
    #expect(kept[0].cells[2] == "tcp 0.0.0.0:8080, listening; 200 descriptors, one open file")
    #expect(kept[0].cells[1] == "10-209")
    #expect(
      kept[0].sentence.contains(
        " 200 descriptors, one open file: 100 by dup() at a.c:7, 100 by dup() at a.c:9."))
    #expect(kept[0].advice.count == 2)
  }

  @Test("Who still holds it is named before those that have ended")
  func livingFirst() {
    let first = Sample.report.inheritance[0]
    func sentence(_ lives: [String]) -> String {
      var report = Sample.report
      report.inheritance = lives.enumerated().map { index, life in
        var file = first
        file.holder.process = 10 + index
        file.holder.name.pid = 900 + index
        file.holder.life = life
        return file
      }
      let sentence = Narrative(report).inheritance[0].sentence
      let end = sentence.range(of: ": opened by")?.lowerBound ?? sentence.endIndex
      return String(sentence[..<end])
    }
    let what = "tcp 0.0.0.0:8080, listening, as fd 5"
    #expect(
      sentence(["ended", "running"])
        == "pid 901 (worker) holds \(what), and so did pid 900 (worker) until it ended")
    #expect(
      sentence(["running", "ended", "unknown", "ended"])
        == "pid 900 (worker) holds \(what), and so does pid 902 (worker), and so did 2 more"
        + " programs until they ended")
    #expect(sentence(["running"]) == "pid 900 (worker) holds \(what)")
  }

  @Test(
    "Where the opening call has no flag, the call that starts the program is to close it",
    arguments: [
      (
        "posix_spawn",
        "Give posix_spawn() in run_worker at server.c:120 a"
          + " posix_spawn_file_actions_addclosefrom_np()."
      ),
      (
        "execve",
        "Call close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) before execve() in run_worker at"
          + " server.c:120."
      ),
      (
        "system",
        "Call fcntl(F_SETFD, FD_CLOEXEC) after lock() in listen_on at server.c:88,"
          + " so that started programs do not keep it."
      ),
    ])
  func noFlag(start: String, advice: String) {
    let handle = Report.Handle(
      fds: [3], cause: "never_cloexec", made: Report.Call(api: "lock", stack: Sample.listen))
    #expect(
      CloseOnExec.advice(
        for: handle, started: Report.Call(api: start, stack: Sample.runWorker)) == advice)
  }
}
