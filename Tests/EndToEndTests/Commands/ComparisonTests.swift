import Foundation
import Testing

@Suite("Comparing with an earlier run")
struct ComparisonTests {
  /// Two runs of one program that leak differently, and the first one's report in JSON.
  private func withRuns(
    _ body: (_ old: String, _ new: String, _ json: String) throws -> Void
  ) throws {
    try withScratch { folder in
      let program = try Project.fixture("counted_leaks")
      for (name, counts) in [("old", ["6", "7", "0"]), ("new", ["8", "0", "9"])] {
        let outcome = try run(
          [program] + counts, environment: shimEnvironment(trace: "\(folder)/\(name).bin"),
          folder: folder)
        #expect(outcome.status == .exit(0))
      }
      let json = folder + "/old.json"
      let made = try run([Project.reporter, "--format", "json", "-o", json, folder + "/old.bin"])
      #expect(made.status == .exit(0))
      try body(folder + "/old.bin", folder + "/new.bin", json)
    }
  }

  @Test("A report and a trace are the same baseline: new, grown and gone are told")
  func changes() throws {
    try withRuns { old, new, json in
      for baseline in [json, old] {
        let outcome = try run([Project.reporter, "--baseline", baseline, new])
        #expect(outcome.status == .exit(0) && outcome.errors.isEmpty)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.contains("Compared with \(baseline): 1 new, 1 grown, 1 gone."))
        #expect(lines.contains { $0.hasPrefix("  new     18          leak      pipe ends from") })
        #expect(lines.contains { $0.hasPrefix("  grown   6 -> 8      leak      files from") })
        #expect(lines.contains { $0.hasPrefix("  gone    7 -> 0      leak      tcp sockets from") })
      }
    }
  }

  @Test("--fail-on-new-leak fails for what is new or has grown, and for nothing else")
  func failOnNewLeak() throws {
    try withRuns { old, new, json in
      func status(_ trace: String, _ options: String...) throws -> ExitStatus {
        try run([Project.reporter, "--baseline", json] + options + [trace]).status
      }
      #expect(try status(new, "--fail-on-new-leak") == .exit(1))
      #expect(try status(old, "--fail-on-new-leak") == .exit(0))
      #expect(try status(old, "--fail-on-new-leak", "--fail-on-leak") == .exit(1))
      let file = json + ".supp"
      try write("{\n  files\n  api: open\n}\n{\n  pipes\n  kind: pipe\n}\n", to: file)
      #expect(try status(new, "--fail-on-new-leak", "--suppressions", file) == .exit(0))
      let alone = try run([Project.reporter, "--fail-on-new-leak", new])
      #expect(alone.status == .exit(2) && alone.errors.contains("--baseline"))
    }
  }

  @Test("Of one build a leak in another line is new, although its function leaked before")
  func otherLine() throws {
    try withScratch { folder in
      for (name, counts) in [("old", ["20", "0"]), ("new", ["0", "15"])] {
        try run(
          [try Project.fixture("two_lines")] + counts,
          environment: shimEnvironment(trace: "\(folder)/\(name).bin"), folder: folder)
      }
      let (old, new, json) = (folder + "/old.bin", folder + "/new.bin", folder + "/old.json")
      try run([Project.reporter, "--format", "json", "-o", json, old])
      let first = try Project.line(of: "LEAK: first", in: "two_lines.c")
      let second = try Project.line(of: "LEAK: second", in: "two_lines.c")
      for baseline in [json, old] {
        let outcome = try run(
          [Project.reporter, "--baseline", baseline, "--fail-on-new-leak", new],
          environment: ["COLUMNS": "200"])
        #expect(outcome.status == .exit(1))
        let rows = outcome.output.split(separator: "\n").filter { $0.contains("files from open()") }
        let what = "leak      files from open() in handle at two_lines.c"
        #expect(rows.contains("  new     15          \(what):\(second)"), "\(rows)")
        #expect(rows.contains("  gone    20 -> 0     \(what):\(first)"), "\(rows)")
      }
      let same = try run([Project.reporter, "--baseline", json, "--fail-on-new-leak", old])
      #expect(same.status == .exit(0))
    }
  }

  @Test("fdtrack run compares what it ran, and may replace the trace that it compares with")
  func runCommand() throws {
    try withRuns { old, _, json in
      let folder = URL(fileURLWithPath: old).deletingLastPathComponent().path
      for (baseline, pipes, status) in [
        (json, "0", 0), (json, "9", 1), (old, "9", 0), (old + ".none", "9", 125),
      ] as [(String, String, Int32)] {
        let outcome = try run(
          [
            Project.runner, "run", "-o", old, "--baseline", baseline, "--fail-on-new-leak", "--",
            try Project.fixture("counted_leaks"), "6", "7", pipes,
          ], folder: folder)
        #expect(outcome.status == .exit(status), "\(baseline) \(pipes): \(outcome.errors)")
      }
    }
  }

  @Test("What is no baseline is told in one line")
  func wrong() throws {
    try withRuns { old, new, json in
      let text = try String(contentsOfFile: json, encoding: .utf8)
      let file = json + ".wrong"
      for wrong in [
        "", "hello", "{}", "[]", String(text.prefix(text.utf8.count / 2)), text + "{}",
        text.replacing("fdtrack-report/1", with: "fdtrack-report/9"), "{\"sites\":7}",
        String(repeating: "{\"a\":", count: 100_000), "{\"a\":\"\u{1b}[31m\"}",
      ] {
        try write(wrong, to: file)
        let outcome = try run([Project.reporter, "--baseline", file, new])
        #expect(outcome.status == .exit(2) && outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("fdtrack-report: \(file): "))
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(!outcome.errors.contains("\u{1b}"))
      }
      for path in [file + ".none", "/dev/zero", "/"] {
        let outcome = try run([Project.reporter, "--baseline", path, new])
        #expect(outcome.status == .exit(2) && outcome.output.isEmpty)
      }
      try FileManager.default.removeItem(atPath: file)
      try Data(try read(old).prefix(200)).write(to: URL(fileURLWithPath: file))
      let cut = try run([Project.reporter, "--baseline", file, new])
      #expect(cut.status == .exit(2) && cut.errors.hasPrefix("fdtrack-report: \(file): "))
    }
  }
}
