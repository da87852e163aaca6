import Foundation
import Testing

@Suite("fdtrack watch on a terminal") struct WatchScreenTests {
  /// A traced program that does as it is told.
  private final class Target {
    let program: Launched
    let pid: Int

    init(in folder: String) throws {
      program = try launchTracked("leaks_on_demand", in: folder)
      pid = try Int(program.readLine(after: "ready ")) ?? 0
    }

    func tell(_ command: String) throws {
      try program.write(command + "\n")
      guard try program.readLine() == "done" else { throw TestFailure(command) }
    }
  }

  /// A target that has leaked 20 files, and a shell in the folder of its trace.
  private func withShell(
    columns: Int = 80, rows: Int = 24, environment: [String: String] = ["LANG": "C.UTF-8"],
    _ body: (TerminalWindow, Target, _ folder: String) throws -> Void
  ) throws {
    try withScratch { folder in
      let target = try Target(in: folder)
      try target.tell("f 20")
      let window = try TerminalWindow(
        columns: columns, rows: rows, environment: environment, folder: folder)
      try body(window, target, folder)
    }
  }

  /// Watches a target that has leaked 20 files and 3 pipes, in a shell that keeps what the
  /// terminal was set to before and after, and says how it ended.
  private func withWatch(
    columns: Int = 80, rows: Int = 24, environment: [String: String] = ["LANG": "C.UTF-8"],
    _ body: (TerminalWindow, Target) throws -> Void
  ) throws {
    try withShell(columns: columns, rows: rows, environment: environment) {
      window, target, folder in
      try target.tell("p 3")
      try window.enter(
        "stty -g >before; \(Project.runner) watch trace.bin --interval 0.1; "
          + "echo ended: $?; stty -g >after; echo com''pared")
      try body(window, target)
      try window.wait(for: "compared")
      #expect(try window.isUsual)
      #expect(try read(folder + "/before") == read(folder + "/after"))
    }
  }

  private func waitForTable(_ window: TerminalWindow) throws {
    try window.wait("a table") { $0.contains("LIVE") && $0.contains(">") }
  }

  @Test("Leaks are seen as they come, with the line that opened them")
  func follows() throws {
    try withWatch(columns: 120) { window, target in
      let line = try Project.line(of: "LEAK: file", in: "leaks_on_demand.c")
      let place = "open() in leak_file at leaks_on_demand.c:\(line)"
      try window.wait("20 files") { $0.contains(">    20 ") && $0.contains(place) }
      try target.tell("f 7")
      try window.wait("27 files") { $0.contains(">    27 ") && $0.contains(place) }
      #expect(try window.text().contains("leaks_on_demand (pid \(target.pid))"))
      #expect(try window.text().contains(" of "), "the limit")
      try window.press("q")
      try window.wait(for: "ended: 0")
    }
  }

  @Test("Keys sort, choose, open the stack, come back, and help")
  func keys() throws {
    try withWatch { window, target in
      try waitForTable(window)
      try target.tell("c 500")
      try window.press("z", "o")
      try window.wait("order by opened") { text in
        let rows = text.split(separator: "\n")
        return text.contains("▼OPENED") && rows.first { $0.hasPrefix(">") }?.contains("500") == true
      }
      try window.press("z", "l", "Down")
      try window.wait("the second row chosen") { text in
        text.split(separator: "\n").contains { $0.hasPrefix(">") && $0.contains("pipe2()") }
      }
      try window.press("Enter")
      // Symbols may come later than the screen.
      try window.wait("the stack") {
        $0.contains("Esc back") && $0.contains("pipe2() in leak_pipe")
          && $0.contains("› leak_pipe") && $0.contains("  main ")
      }
      try window.press("Escape")
      try waitForTable(window)
      try window.press("?")
      try window.wait(for: "order by rate")
      try window.press("Escape")
      try waitForTable(window)
      try window.press("q")
    }
  }

  @Test("Another size of the window is taken at once, and a tiny one does no harm")
  func resizes() throws {
    try withWatch { window, _ in
      try waitForTable(window)
      for (columns, rows) in [(200, 50), (40, 10), (10, 3), (1, 1), (60, 12)] {
        try window.resize(columns: columns, rows: rows)
        try window.wait("\(columns)x\(rows)") { text in
          let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
          return rows < 8 || lines.prefix(rows).last?.hasPrefix("q quit") == true
        }
      }
      try waitForTable(window)
      try window.press("q")
      try window.wait(for: "ended: 0")
    }
  }

  @Test(
    "A signal ends it, and leaves the terminal as it was",
    arguments: [SIGTERM, SIGHUP, SIGQUIT])
  func signals(signal: Int32) throws {
    try withWatch { window, _ in
      try waitForTable(window)
      kill(try window.foreground, signal)
      try window.wait(for: "ended: \(128 + signal)")
    }
  }

  @Test("Ctrl-C ends it, and leaves the terminal as it was")
  func interrupt() throws {
    try withWatch { window, _ in
      try waitForTable(window)
      try window.press("C-c")
      // Bash goes on with its list no more.
      try window.wait("a prompt") { !$0.contains("LIVE") }
      #expect(try window.isUsual)
      try window.enter("echo ended: $?; stty -g >after; echo com''pared")
      try window.wait(for: "ended: 130")
    }
  }

  @Test("Ctrl-Z gives the terminal back, and fg takes it again")
  func stops() throws {
    try withShell { window, target, folder in
      try window.enter("stty -g >before; clear")
      try window.enter("\(Project.runner) watch trace.bin --interval 0.1")
      for _ in 0..<2 {
        try waitForTable(window)
        try window.press("C-z")
        try window.wait(for: "Stopped")
        #expect(try window.isUsual)
        try window.enter("clear; fg")
      }
      try waitForTable(window)
      try target.tell("f 1")
      try window.wait(for: ">    21 ")
      try window.press("q")
      try window.wait("a prompt") { !$0.contains("LIVE") }
      try window.enter("stty -g >after; echo com''pared")
      try window.wait(for: "compared")
      #expect(try window.isUsual)
      #expect(try read(folder + "/before") == read(folder + "/after"))
    }
  }

  @Test("Stopped, it can be ended without the terminal")
  func endsStopped() throws {
    try withShell { window, target, _ in
      try window.enter("\(Project.runner) watch \(target.pid) --interval 0.1")
      try waitForTable(window)
      let watch = try window.foreground
      try window.press("C-z")
      try window.wait(for: "Stopped")
      try window.enter("clear; kill %1")
      // Shells have been seen not to notice, whatever is typed then.
      try window.wait("an end") { _ in hasEnded(pid: Int(watch)) }
      #expect(try window.isUsual)
    }
  }

  @Test("Stopped and continued by others, it draws itself anew")
  func continues() throws {
    try withWatch { window, _ in
      try waitForTable(window)
      let pid = try window.foreground
      kill(pid, SIGSTOP)
      try window.wait(for: "Stopped")
      try window.enter("fg")
      try window.wait("a clean table") { $0.contains("LIVE") && !$0.contains("Stopped") }
      try window.press("q")
      // What is typed before it has ended is dropped.
      try window.wait("the shell") { !$0.contains("LIVE") }
      // The rest of the list went on when it was stopped.
      try window.enter("stty -g >after; echo com''pared")
    }
  }

  @Test("In the C locale all is ASCII, and with NO_COLOR nothing is coloured")
  func plain() throws {
    try withWatch(environment: ["LANG": "C", "NO_COLOR": "1"]) { window, _ in
      try waitForTable(window)
      let text = try window.text(withStyle: true)
      #expect(text.contains("vLIVE") && text.contains("[#"))
      #expect(text.allSatisfy { $0.isASCII && $0 != "\u{1b}" })
      try window.press("q")
    }
    try withWatch { window, _ in
      try waitForTable(window)
      #expect(try window.text(withStyle: true).contains("\u{1b}["))
      try window.press("q")
    }
  }

  @Test("When the target ends, the last state stays until q")
  func ends() throws {
    try withWatch { window, target in
      try waitForTable(window)
      target.program.closeInput()
      #expect(try target.program.wait().status == .exit(0))
      try window.wait(for: "pid \(target.pid) ended: exit status 0. q quits.")
      #expect(try window.text().contains(">    20 "))
      try window.press("Enter")
      try window.wait(for: "leak_file")
      try window.press("q")
      try window.wait(for: "ended: 0")
    }
  }

  @Test("A trace that is cut short meanwhile is told in one line, and fails")
  func cut() throws {
    try withShell { window, _, folder in
      try window.enter("\(Project.runner) watch trace.bin --interval 0.1; echo ended: $?")
      try waitForTable(window)
      #expect(truncate(folder + "/trace.bin", 100) == 0)
      let text = try window.wait(for: "is cut short")
      #expect(text.contains(">    20 "), "what was seen stays")
      try window.press("q")
      try window.wait(for: "ended: 2")
      #expect(try window.isUsual)
    }
  }
}
