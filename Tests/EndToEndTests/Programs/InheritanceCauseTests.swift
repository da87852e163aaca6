import Foundation
import Testing

@Suite("Why a started program keeps what it did not open")
struct InheritanceCauseTests {
  @Test("Each file that was forgotten or passed on has its cause, and what has the flag is gone")
  func causes() throws {
    try withScratch { folder in
      let (outcome, report) = try track("passes_on", in: folder)
      #expect(outcome.status == .exit(0), "\(outcome.errors)")
      var causes: [String: Set<String>] = [:]
      for kept in report.inheritance {
        let name = String(kept.name?.split(separator: "/").last ?? "")
        causes[name, default: []].formUnion(kept.handles.map(\.cause))
      }
      #expect(
        causes == [
          "forgotten": ["never_cloexec"], "duplicated": ["dup_without_cloexec"],
          "cleared_before": ["cleared_on_purpose"], "cleared_in_child": ["cleared_on_purpose"],
          "moved": ["passed"], "given": ["passed"],
        ])
      let moved = try report.kept("moved")
      #expect(moved.fds == [50] && !moved.accused && moved.handles[0].advice == nil)
      #expect(moved.opened.api == "open" && moved.handles[0].made.api == "dup2")
      #expect(try report.kept("given").fds == [60])
      #expect(try report.kept("given").started.api == "posix_spawn")
      let start = try Project.line(of: "START: fork", in: "passes_on.c")
      #expect(try report.kept("moved").started.place == "passes_on.c:\(start)")
    }
  }

  @Test("Each forgotten file has an advice for its own line, others have none")
  func advice() throws {
    try withScratch { folder in
      let (_, report) = try track("passes_on", in: folder)
      let dup = try Project.line(of: "LEAK: duplicated", in: "passes_on.c")
      let duplicated = report.inheritance.filter { $0.name?.hasSuffix("duplicated") == true }
      #expect(duplicated.count == 2)
      for kept in duplicated {
        #expect(
          kept.handles[0].advice
            == "Use fcntl(F_DUPFD_CLOEXEC) in place of dup() in main at passes_on.c:\(dup),"
            + " so that started programs do not keep it.")
      }
      for kept in report.inheritance where kept.handles.allSatisfy(\.byDesign) {
        #expect(!kept.accused && kept.handles.allSatisfy { $0.advice == nil })
      }
      let text = try run(
        [Project.reporter, folder + "/trace.bin"], environment: ["COLUMNS": "200"]
      ).output
      #expect(text.contains("O_CLOEXEC in open()") && text.contains("F_DUPFD_CLOEXEC"))
      #expect(text.contains("passed on, by design") && text.contains("flag cleared, by design"))
    }
  }

  @Test(
    "A flag that comes after another thread's fork is a race; after the own it is late",
    arguments: ["fork", "spawn"], ["other", "same"])
  func race(way: String, thread: String) throws {
    try withScratch { folder in
      let (outcome, report) = try track("cloexec_race", [way, thread], in: folder)
      #expect(outcome.status == .exit(0), "\(outcome.errors)")
      let kept = try report.kept("late")
      #expect(kept.handles.map(\.cause) == ["cloexec_too_late"])
      let late = try #require(kept.handles[0].late)
      #expect(late.race == (thread == "other"))
      let flagged = try #require(late.flaggedNs)
      #expect(late.openedNs <= late.forkedNs && late.forkedNs <= flagged)
      let line = try Project.line(of: "LEAK: late", in: "cloexec_race.c")
      #expect(kept.opened.place == "cloexec_race.c:\(line)")
      let text = try run([Project.reporter, folder + "/trace.bin"]).output
      #expect(text.contains(thread == "other" ? "another thread" : "the same thread"))
    }
  }

  @Test("What a shell tells a program by its arguments is passed on by design")
  func shell() throws {
    try withScratch { folder in
      let script =
        "exec {lock}>\(folder)/lock; flock $lock; sort --merge <(echo a) <(echo b);"
        + " /bin/cat /dev/null; true"
      let outcome = try run(
        ["/bin/bash", "-c", script],
        environment: shimEnvironment(trace: folder + "/trace.bin"))
      #expect(outcome.status == .exit(0) && outcome.output == "a\nb\n", "\(outcome.errors)")
      let found = try report(on: folder + "/trace.bin")
      func kept(by program: String) -> [Report.Kept] {
        found.inheritance.filter { $0.holder.program == program }
      }
      #expect(kept(by: "flock").map(\.accused) == [false])
      #expect(kept(by: "sort").filter { $0.kind == "pipe" }.map(\.accused) == [false, false])
      #expect(
        kept(by: "cat").map(\.handles[0].advice) == [
          "Close it in the script for programs that are not to have it: `command N>&-`."
        ])
    }
  }

  @Test(
    "What its environment tells a program is passed on by design, and a number in it alone is not",
    arguments: ["fork", "spawn", "untraced"])
  func environment(way: String) throws {
    try withScratch { folder in
      let (outcome, told) = try track("tells_numbers", ["CONTROL_FD", way], in: folder)
      #expect(outcome.status == .exit(0), "\(outcome.errors)")
      #expect(told.inheritance.map { $0.handles.map(\.cause) } == [["passed"]])
      #expect(told.inheritance.allSatisfy { !$0.accused && $0.handles[0].advice == nil })
      let text = try run(
        [Project.reporter, "--all", folder + "/trace.bin"], environment: ["COLUMNS": "200"]
      ).output
      #expect(text.contains("passed on, by design") && !text.contains("CLOEXEC"))
    }
    try withScratch { folder in
      let (_, alone) = try track("tells_numbers", ["COLUMNS", way], in: folder)
      #expect(alone.inheritance.map { $0.handles.map(\.cause) } == [["never_cloexec"]])
      let line = try Project.line(of: "OPEN: pair", in: "tells_numbers.c")
      #expect(
        alone.inheritance.allSatisfy {
          $0.handles[0].advice?.hasPrefix(
            "Use SOCK_CLOEXEC in socketpair() in main at tells_numbers.c:\(line)") == true
        })
    }
  }

  @Test("Two hundred duplicates of a listener are told as one open file, in every format")
  func duplicates() throws {
    try withScratch { folder in
      let (outcome, report) = try track("spreads_duplicates", in: folder)
      #expect(outcome.status == .exit(0), "\(outcome.errors)")
      let loop = try report.site(at: "LEAK: loop", in: "spreads_duplicates.c")
      let retry = try report.site(at: "LEAK: retry", in: "spreads_duplicates.c")
      let listener = try Project.line(of: "OPEN: listener", in: "spreads_duplicates.c")
      for site in [loop, retry] {
        #expect(site.verdict == "leak" && site.live == 100 && site.objects == 1)
        #expect(site.sharing?.descriptors == 201)
        #expect(site.sharing?.original?.place == "spreads_duplicates.c:\(listener)")
        #expect(site.sharing?.others.compactMap(\.count) == [100, 1])
      }
      let kept = try #require(report.inheritance.first)
      #expect(report.inheritance.count == 1)
      #expect(kept.fds.count == 201 && kept.handles.map(\.fds.count) == [1, 100, 100])
      #expect(kept.handles.allSatisfy { $0.cause == "never_cloexec" })

      let trace = folder + "/trace.bin"
      for format in ["text", "markdown"] {
        let text = try run([Project.reporter, "--format", format, trace]).output
          .replacing(/\s+/, with: " ")
        #expect(text.contains("201 descriptors, one open file"), "\(format)")
        #expect(text.contains("100 descriptors of 1 tcp socket from dup()"), "\(format)")
      }
    }
  }
}
