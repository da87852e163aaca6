import Foundation
import Testing

@Suite("fdtrack watch without a terminal") struct WatchLineTests {
  private func withTarget(
    _ body: (_ target: Launched, _ pid: Int, _ folder: String) throws -> Void
  ) throws {
    try withScratch { folder in
      let target = try launchTracked("leaks_on_demand", in: folder)
      let pid = try #require(Int(try target.readLine(after: "ready ")))
      try target.write("f 20\n")
      #expect(try target.readLine() == "done")
      try body(target, pid, folder)
    }
  }

  private func watch(_ arguments: String...) -> [String] {
    [Project.runner, "watch"] + arguments
  }

  @Test("It prints a line for each look, as many as are asked for")
  func counts() throws {
    try withTarget { _, pid, folder in
      let outcome = try run(
        watch(folder + "/trace.bin", "--count", "3", "--interval", "0.1"))
      #expect(outcome.status == .exit(0) && outcome.errors.isEmpty)
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count == 3)
      let line = try Project.line(of: "LEAK: file", in: "leaks_on_demand.c")
      for text in lines {
        #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\dT[\d:.]+Z leaks_on_demand .*/) != nil)
        #expect(text.contains("(pid \(pid)): "))
        #expect(text.contains("most 20 file, "))
        #expect(text.hasSuffix("open() in leak_file at leaks_on_demand.c:\(line)"))
      }
    }
  }

  @Test("The end of the target is the last line, and no failure")
  func ends() throws {
    try withTarget { target, pid, folder in
      let watch = try Launched(watch(folder + "/trace.bin", "--interval", "0.1"))
      _ = try watch.readLine()
      target.closeInput()
      #expect(try target.wait().status == .exit(0))
      let outcome = try watch.wait()
      #expect(outcome.status == .exit(0) && outcome.errors.isEmpty)
      let last = try #require(outcome.output.split(separator: "\n").last)
      #expect(last.contains("pid \(pid) ended: exit status 0. Last: leaks_on_demand"))
      #expect(last.contains("most 20 file"), "what it ended with")
    }
  }

  @Test("A target that is killed has ended, too, and so has one from before")
  func killed() throws {
    try withTarget { target, pid, folder in
      let watch = try Launched(watch(folder + "/trace.bin", "--interval", "0.1"))
      _ = try watch.readLine()
      target.send(SIGKILL)
      #expect(try target.wait().status == .signal(SIGKILL))
      let outcome = try watch.wait()
      #expect(outcome.status == .exit(0))
      #expect(outcome.output.contains("pid \(pid) is gone: no end of it is in the trace"))

      let later = try run(self.watch(folder + "/trace.bin"))
      #expect(later.status == .exit(0))
      #expect(later.output.split(separator: "\n").count == 1)
      #expect(
        later.output.contains("no end of it is in the trace")
          && later.output.contains("most 20 file"))
    }
  }

  @Test("A child that goes on is no end of the tree, but it is of its parent")
  func children() throws {
    try withScratch { folder in
      let gate = folder + "/gate"
      try #require(mkfifo(gate, 0o600) == 0)
      let parent = try launchTracked(
        "inherit_parent", ["fork", "keep", try Project.fixture("inherit_child"), gate], in: folder)
      _ = try parent.readLine()
      let child = try #require(Int(try parent.readLine(after: "child ")))
      _ = try parent.wait()
      let tree = try run(watch(folder + "/trace.bin", "--count", "2", "--interval", "0.1"))
      #expect(tree.status == .exit(0))
      #expect(tree.output.split(separator: "\n").count == 2, "\(tree.output)")
      #expect(!tree.output.contains("ended"))
      let alone = try run(watch("\(child)", "--count", "1"))
      #expect(alone.status == .exit(0) && alone.output.contains("(pid \(child)): "))
      let opened = open(gate, O_WRONLY | O_CLOEXEC)
      try #require(opened >= 0)
      close(opened)
    }
  }

  @Test("A pid stands for the trace that its process writes, and for that process of it")
  func pid() throws {
    try withTarget { target, pid, folder in
      try target.write("k 1\n")
      #expect(try target.readLine() == "done")
      let all = try run(watch(folder + "/trace.bin", "--count", "1"))
      #expect(all.output.contains("in 2 processes"))
      let one = try run(watch("\(pid)", "--count", "1"))
      #expect(one.status == .exit(0) && one.errors.isEmpty)
      #expect(one.output.contains("(pid \(pid)): ") && !one.output.contains("in 2 processes"))
      // Its path is found even where its name is not what it was.
      try FileManager.default.moveItem(
        atPath: folder + "/trace.bin", toPath: folder + "/a b\nc.bin")
      let moved = try run(watch("\(pid)", "--count", "1"))
      #expect(moved.status == .exit(0) && moved.output.contains("most 20 file"))
    }
  }

  @Test("A process without a trace is told so, and what shows its descriptors")
  func untraced() throws {
    let other = try Launched(["/bin/cat"])
    let outcome = try run(watch("\(other.pid)"))
    #expect(outcome.status == .exit(2) && outcome.output.isEmpty)
    #expect(
      outcome.errors
        == "fdtrack: process \(other.pid) (cat) writes no trace: it was started without "
        + "libfdtrack.so. 'fdtrack pid \(other.pid)' shows what it has open, without a trace\n")
  }

  @Test("A process that has ended and waits for its parent has no trace to be found")
  func zombie() throws {
    let held = try Holdings("zombie")
    let outcome = try run(watch("\(try held.number("zombie"))"))
    #expect(outcome.status == .exit(2))
    #expect(outcome.errors.contains("(a zombie): name its trace"))
    #expect(!outcome.errors.contains("fdtrack pid"))
  }

  @Test("A recorder that could not write is told from none")
  func unwritten() throws {
    let target = try Launched(
      [try Project.fixture("leaks_on_demand")],
      environment: shimEnvironment(trace: "/nonexistent/trace.bin"))
    let pid = try target.readLine(after: "ready ")
    let outcome = try run(watch(pid))
    #expect(outcome.status == .exit(2))
    #expect(outcome.errors.contains("has libfdtrack.so, but records nothing"))
    #expect(outcome.errors.contains("FDTRACK_OUT is /nonexistent/trace.bin"))
  }

  @Test(
    "What cannot be watched is told in one line",
    arguments: [
      ("4194305", "there is no process 4194305"), ("99999999999", "there is no process"),
      ("/etc/passwd", "is not a trace"), ("/nonexistent", "cannot open"), ("/", "a directory"),
    ])
  func refuses(target: String, reason: String) throws {
    let outcome = try run(watch(target))
    #expect(outcome.status == .exit(2) && outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("fdtrack: ") && outcome.errors.contains(reason))
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  /// What becomes of a trace.
  enum Fate: CaseIterable {
    case replaced, emptied, cut, cutBehindAllThatIsUsed, overwritten

    /// What is said of it.
    var words: String {
      switch self {
      case .replaced: "was replaced by another file"
      case .emptied, .cut, .cutBehindAllThatIsUsed: "is cut short"
      case .overwritten: "was overwritten since"
      }
    }

    func happen(to trace: String) throws {
      var status = stat()
      try #require(stat(trace, &status) == 0)
      switch self {
      case .replaced:
        try FileManager.default.copyItem(atPath: trace, toPath: trace + ".other")
        #expect(rename(trace + ".other", trace) == 0)
      case .emptied: #expect(truncate(trace, 0) == 0)
      case .cut: #expect(truncate(trace, 100) == 0)
      case .cutBehindAllThatIsUsed: #expect(truncate(trace, status.st_size - 4096) == 0)
      case .overwritten:
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: trace))
        try file.write(contentsOf: Data(repeating: 0x20, count: 4096))
      }
    }
  }

  @Test(
    "A trace that is replaced, cut or overwritten meanwhile ends it with one line",
    arguments: Fate.allCases)
  func replaced(fate: Fate) throws {
    try withTarget { _, _, folder in
      let trace = folder + "/trace.bin"
      let watch = try Launched(watch(trace, "--interval", "0.1"))
      _ = try watch.readLine()
      try fate.happen(to: trace)
      let outcome = try watch.wait()
      #expect(outcome.status == .exit(2))
      #expect(outcome.errors.contains(fate.words), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
  }

  @Test("A hostile trace is looked at within bounds", arguments: HostileTraceTests.cases)
  func hostile(_ hostile: HostileTraceTests.Case) throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      let written = try run([
        Project.fixture("hostile_trace"), hostile.name, trace, "\(hostile.size / 64)",
      ])
      try #require(written.status == .exit(0), "\(written.errors)")
      // Half a gibibyte of address space, and far more seconds than it takes.
      let outcome = try run([
        "/bin/bash", "-c", "ulimit -v 524288 -t 300 && exec \"$@\"", "bash", Project.runner,
        "watch", trace, "--count", "1",
      ])
      #expect(outcome.status == .exit(0), "\(outcome.errors)")
      #expect(outcome.output.split(separator: "\n").count == 1)
    }
  }

  @Test("A reader that goes away is no failure to tell of")
  func pipe() throws {
    try withTarget { _, _, folder in
      let outcome = try run([
        "/bin/bash", "-c",
        "\(Project.runner) watch \(folder)/trace.bin --interval 0.1 | head -n 1 >/dev/null",
      ])
      #expect(outcome.status == .exit(0) && outcome.errors.isEmpty)
    }
  }

  @Test("Wrong options are refused", arguments: [["--interval", "0"], ["--count", "0"]])
  func options(words: [String]) throws {
    let outcome = try run([Project.runner, "watch", "t"] + words)
    #expect(outcome.status != .exit(0) && outcome.errors.contains(words[0]))
  }
}
