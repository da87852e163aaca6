import Foundation
import Testing

@Suite("Reports of single programs")
struct PerProcessTests {
  /// Runs three test programs as a runner would: a leaking one, one that is named from
  /// outside, and one that closes all.
  private func runTests(_ options: [String], in folder: String) throws -> Outcome {
    let script = """
      \(try Project.fixture("marks")) || exit
      FDTRACK_MARK='from outside' \(try Project.fixture("manners")) leak
      \(try Project.fixture("manners")) exit 0
      """
    return try run(
      [Project.runner, "run", "--per-process"] + options + ["--", "/bin/sh", "-c", script],
      folder: folder)
  }

  @Test("Each test program has a line: it leaks, or it passes")
  func text() throws {
    try withScratch { folder in
      let outcome = try runTests([], in: folder)
      #expect(outcome.status == .exit(0))
      let lines = outcome.errors.split(separator: "\n").map(String.init)
      #expect(lines.contains { $0.hasPrefix("LEAK 27") && $0.contains("/marks (pid ") })
      #expect(lines.contains { $0.hasPrefix("LEAK") && $0.contains("manners leak (pid ") })
      #expect(lines.contains { $0.hasPrefix("PASS") && $0.contains("manners exit 0 (pid ") })
      #expect(lines.contains { $0.hasPrefix("PASS") && $0.contains("/bin/sh -c") })
      #expect(outcome.errors.contains("\"from outside\""))
    }
  }

  @Test("--fail-on-leak fails when any of the programs leaks, and only then")
  func status() throws {
    try withScratch { folder in
      #expect(try runTests(["--fail-on-leak"], in: folder).status == .exit(1))
      let clean = try run(
        [Project.runner, "run", "--per-process", "--fail-on-leak", "--", "/bin/sh", "-c", "true"],
        folder: folder)
      #expect(clean.status == .exit(0))
      #expect(clean.errors.hasPrefix("1 program: 1 passes.\n"))
    }
  }

  @Test(
    "Programs with findings have a file each, the others none",
    arguments: ["text", "html", "junit"])
  func files(format: String) throws {
    try withScratch { folder in
      let reports = folder + "/reports"
      let outcome = try runTests(
        ["--report-format", format, "--report-folder", reports], in: folder)
      #expect(outcome.status == .exit(0))
      let files = try FileManager.default.contentsOfDirectory(atPath: reports).sorted()
      let ending = ["text": "txt", "junit": "xml"][format] ?? format
      #expect(files.count == 2)
      #expect(files.allSatisfy { $0.hasSuffix("-marks.\(ending)") || $0.contains("-manners.") })
      let marks = try #require(files.first { $0.contains("marks") })
      let text = try String(contentsOfFile: reports + "/" + marks, encoding: .utf8)
      #expect(text.contains("3 call sites leak 27 fds") && !text.contains("manners.c"))
      // The summary alone goes to the terminal.
      #expect(!outcome.errors.contains("opened  "))
    }
  }

  @Test("In JSON every program is listed, with the whole report of those that have findings")
  func json() throws {
    try withScratch { folder in
      let outcome = try runTests(["--report-format", "json"], in: folder)
      let object = try JSONSerialization.jsonObject(with: Data(outcome.errors.utf8))
      let programs = try #require((object as? [String: Any])?["programs"] as? [[String: Any]])
      #expect(programs.map { $0["status"] as? String } == ["pass", "leak", "leak", "pass"])
      #expect(programs.map { $0["mark"] as? String } == [nil, nil, "from outside", nil])
      #expect(programs.map { $0["report"] is NSNull } == [true, false, false, true])
      #expect(programs[1]["leaked_fds"] as? Int == 27)
    }
  }

  @Test("A trace is reported on by program later, too, and wrong combinations are refused")
  func later() throws {
    try withScratch { folder in
      _ = try runTests([], in: folder)
      let trace = folder + "/trace.bin"
      let later = try run([Project.reporter, "--per-process", "--fail-on-leak", trace])
      #expect(later.status == .exit(1) && later.output.contains("LEAK 27"))
      for wrong in [
        ["--per-process", "--format", "html"], ["--per-process", "--process", "1"],
        ["--per-process", "--baseline", trace], ["--report-folder", folder],
      ] {
        #expect(try run([Project.reporter] + wrong + [trace]).status == .exit(2))
      }
    }
  }
}
