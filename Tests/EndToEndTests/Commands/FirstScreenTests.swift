import Foundation
import Testing

@Suite("A report in a terminal")
struct FirstScreenTests {
  /// Traces a test program that is started in the project's folder.
  private func trace(_ fixture: String, _ arguments: [String], in folder: String) throws -> String {
    let trace = folder + "/trace.bin"
    _ = try Project.fixture(fixture)
    _ = try run(
      [".build/fixtures/" + fixture] + arguments, environment: shimEnvironment(trace: trace),
      folder: Project.root)
    return trace
  }

  private func withRetries(_ body: (_ trace: String, _ folder: String) throws -> Void) throws {
    try withScratch { folder in
      let owner = try Launched([try Project.fixture("retry_bind"), "0", "1"])
      let port = try owner.readLine(after: "listening ")
      try body(try trace("retry_bind", [port, "40"], in: folder), folder)
      owner.closeInput()
      _ = try owner.wait()
    }
  }

  private func text(_ trace: String, locale: String, columns: Int) throws -> [String] {
    let outcome = try run(
      [Project.reporter, trace], environment: ["LC_ALL": locale, "COLUMNS": "\(columns)"])
    #expect(outcome.status == .exit(0) && outcome.errors.isEmpty)
    return outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  /// The words up to what is less urgent, without what differs from run to run.
  private func words(_ lines: [String]) -> String {
    lines.prefix { !$0.hasPrefix("  when ") }.joined(separator: " ")
      .replacing(#/pid \d+/#, with: "pid PID")
      .replacing(#/[0-9.]+ (ns|us|ms|s)\b/#, with: "TIME")
      .replacing(#/from \d{4}-\S+Z, on \S+/#, with: "from DATE, on HOST")
      .replacing(#/127\.0\.0\.1:\d+/#, with: "127.0.0.1:PORT")
      .replacing(#/retry_bind \d+/#, with: "retry_bind PORT")
      .replacing(#/limit is \d+/#, with: "limit is LIMIT")
      // Where the tries took a second there is one.
      .replacing(#/ rate +\S.*? change /#, with: " rate RATE change ")
      .replacing(#/\(\+\d+ frames/#, with: "(+N frames")
      .replacing(#/fds  [▁▂▃▄▅▆▇█]+ /#, with: "fds  BLOCKS ")
      .replacing(#/fds  [_.:\-=+*#]+ /#, with: "fds  ASCII ")
      .replacing(#/ +/#, with: " ")
  }

  @Test(
    "The verdict, the history, and the worst leak with cause, rate and change come first",
    arguments: [80, 200], ["C.UTF-8", "C"])
  func firstScreen(columns: Int, locale: String) throws {
    try withRetries { trace, _ in
      let lines = try text(trace, locale: locale, columns: columns)
      let opened = try Project.line(of: "LEAK: retry", in: "retry_bind.c")
      let failed = try Project.line(of: "CAUSE: busy", in: "retry_bind.c")
      let report = try report(on: trace)
      let fingerprint = try #require(report.sites.first).fingerprint
      let isUTF8 = locale != "C"
      let urgent = lines.prefix { !$0.hasPrefix("  when ") }
      #expect(urgent.count <= 23)
      let said = words(lines)
      let wanted = """
        1 call site leaks 40 fds. .build/fixtures/retry_bind PORT 40 (pid PID) TIME, from DATE, \
        on HOST fds \(isUTF8 ? "BLOCKS" : "ASCII") With 0-2: 43 open at the end; at most 43, after \
        TIME; the limit is LIMIT. LEAK 40 tcp sockets from socket() in claim_port at \
        retry_bind.c:\(opened) [\(fingerprint)] not bound to 127.0.0.1:PORT (40 times) why The last \
        thing that happened to all 40 was that bind() failed with EADDRINUSE in claim_port at \
        retry_bind.c:\(failed). rate RATE change Call close() when bind() \
        fails with EADDRINUSE, in claim_port at retry_bind.c:\(failed). opened \
        \(isUTF8 ? "›" : ">") claim_port Tests/Fixtures/retry_bind.c:\(opened)
        """
      #expect(said.hasPrefix(wanted), "\(said)")
      #expect(said.hasSuffix("(+N frames of start-up code)"))
      #expect(lines.allSatisfy { $0.count <= columns })
      #expect(isUTF8 || lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
    }
  }

  @Test("What ran out of descriptors is said above a leak that still fits")
  func ranOut() throws {
    try withScratch { folder in
      let trace = try trace("everything", [folder], in: folder)
      for (columns, locale) in [(80, "C.UTF-8"), (200, "C.UTF-8"), (80, "C")] {
        let lines = try text(trace, locale: locale, columns: columns)
        let screen = lines.prefix(23).joined(separator: "\n")
        let line = try Project.line(of: "LEAK: thread file", in: "everything.c")
        for needed in [
          "1 process ran out of fds.", ": the limit.", "LEAK  20 files from open()",
          "write_report  Tests/Fixtures/everything.c:\(line)", "  why ", "  rate ", "  change ",
        ] {
          #expect(screen.contains(needed), "\(columns) columns, \(locale): \(screen)")
        }
      }
    }
  }

  @Test(
    "A pager shows the same, in colour", arguments: [80, 200], ["C.UTF-8", "C"])
  func pager(columns: Int, locale: String) throws {
    try withRetries { trace, folder in
      let window = try TerminalWindow(
        columns: columns,
        environment: ["LC_ALL": locale, "CLICOLOR_FORCE": "1", "LESS": ""], folder: folder)
      try window.enter("COLUMNS=\(columns) \(Project.reporter) \(trace) | less -R")
      let wanted = try text(trace, locale: locale, columns: columns).prefix(23)
      // It is drawn in parts.
      try window.wait("whole screen") { $0.hasPrefix(wanted.joined(separator: "\n") + "\n") }
      let styled = try window.text(withStyle: true)
      #expect(styled.hasPrefix("\u{1b}[1m\u{1b}[31m1 call site leaks"))
    }
  }

  @Test("On a terminal it takes its width and colours, and NO_COLOR is obeyed")
  func terminal() throws {
    try withRetries { trace, folder in
      for isColored in [true, false] {
        let window = try TerminalWindow(
          columns: 120, rows: 60,
          environment: ["LC_ALL": "C.UTF-8", "NO_COLOR": isColored ? "" : "1"], folder: folder)
        try window.enter("\(Project.reporter) \(trace) | head -2; \(Project.reporter) \(trace)")
        let screen = try window.wait("end", withStyle: true) { $0.contains("Nothing was lost") }
        let title = try #require(
          screen.split(separator: "\n").last { $0.contains("40 tcp sockets") })
        // In 80 columns the fingerprint stands below.
        #expect(title.contains("retry_bind.c") && title.contains("["))
        #expect(title.contains("\u{1b}[") == isColored)
      }
    }
  }
}
