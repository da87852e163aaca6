import Foundation
import Testing

@Suite("A command that is not traced, and starts programs that are")
struct UntracedCommandTests {
  /// `fdtrack run OPTIONS -- PROGRAM manners ARGUMENTS`
  private func run(
    _ program: String, _ arguments: String..., options: [String] = [], in folder: String
  ) throws -> Outcome {
    let words = [Project.runner, "run", "--fail-on-leak"] + options + ["--"]
    return try EndToEndTests.run(
      words + [try Project.fixture(program), try Project.fixture("manners")] + arguments,
      folder: folder)
  }

  private let untraced = "passes_first_environment_static"

  @Test("No leak of its children is no verdict on it")
  func clean() throws {
    try withScratch { folder in
      let outcome = try run(untraced, "exit", "0", in: folder)
      #expect(outcome.status == .exit(125))
      #expect(
        outcome.errors.hasPrefix(
          "No leak in what was seen, but the command itself was not traced: see Coverage.\n"))
      #expect(
        outcome.errors.contains(
          "fdtrack: the command itself was not traced: '\(try Project.fixture(untraced))' is"
            + " statically linked"))
      let processes = try report(on: folder + "/trace.bin").processes
      #expect(
        processes.map(\.exe) == [try Project.fixture(untraced), try Project.fixture("manners")])
      #expect(processes.map(\.parent) == [nil, 1])
      #expect(processes.first?.end == .init(kind: "exit", code: 0))
      let check = try EndToEndTests.run(
        [Project.reporter, "--fail-on-leak", folder + "/trace.bin"])
      #expect(check.status == .exit(2))
      #expect(check.errors.contains("does not tell what the command opened"), "\(check.errors)")
    }
  }

  @Test("A leak of its children is one, and its own failure stays its status")
  func leak() throws {
    try withScratch { folder in
      let leak = try run(untraced, "leak", in: folder)
      let failure = try run(untraced, "exit", "9", in: folder)
      #expect(leak.status == .exit(1) && failure.status == .exit(9))
    }
  }

  @Test(
    "Every format says that it is missing",
    arguments: [
      ("json", "\"lossy\" : true"), ("openmetrics", "trace_lossy 1"),
      ("junit", "<skipped type=\"lossy\" message=\"The command itself was not traced"),
      ("sarif", "The command itself was not traced"), ("html", "The command itself was not traced"),
      ("markdown", "The command itself was not traced"),
    ])
  func formats(format: String, words: String) throws {
    try withScratch { folder in
      let outcome = try run(
        untraced, "exit", "0", options: ["--report-format", format], in: folder)
      #expect(outcome.status == .exit(125))
      let told = outcome.errors.replacing(/\s+/, with: " ").replacing(" : ", with: ":")
      #expect(told.contains(words.replacing(" : ", with: ":")), "\(outcome.errors)")
    }
  }

  @Test("With a verdict for each program it is one that was not traced")
  func perProcess() throws {
    try withScratch { folder in
      let outcome = try run(untraced, "exit", "0", options: ["--per-process"], in: folder)
      #expect(outcome.status == .exit(125))
      #expect(outcome.errors.hasPrefix("2 programs: 1 passes, 1 not traced.\n"))
    }
  }

  @Test("What a shell starts by fork and exec is one, too, beside the shell that passes")
  func perProcessOfChild() throws {
    try withScratch { folder in
      let program = try Project.fixture(untraced)
      let outcome = try EndToEndTests.run(
        [
          Project.runner, "run", "--per-process", "--fail-on-leak", "--", "/bin/sh", "-c",
          "'\(program)' '\(try Project.fixture("manners"))' exit 0; true",
        ], folder: folder)
      #expect(outcome.status == .exit(0))
      let lines = outcome.errors.split(separator: "\n")
      #expect(lines.first == "3 programs: 2 pass, 1 not traced.")
      #expect(lines.contains { $0.hasPrefix("NOT TRACED") && $0.contains(untraced) })
    }
  }

  @Test("One that goes on as such a program was not seen to its end")
  func goesOn() throws {
    try withScratch { folder in
      let script =
        "exec '\(try Project.fixture(untraced))' '\(try Project.fixture("manners"))' exit 0"
      let outcome = try EndToEndTests.run(
        [Project.runner, "run", "--fail-on-leak", "--", "/bin/sh", "-c", script], folder: folder)
      #expect(outcome.status == .exit(125))
      #expect(
        outcome.errors.hasPrefix(
          "No leak in what was seen, but the command went on untraced: see Coverage.\n"))
    }
  }

  @Test("What passes on the environment that it was given has its children in the same trace")
  func firstEnvironment() throws {
    try withScratch { folder in
      let outcome = try run("passes_first_environment", "leak", in: folder)
      #expect(outcome.status == .exit(1))
      let report = try report(on: folder + "/trace.bin")
      #expect(report.processes.map(\.how) == ["start", "attach"])
      #expect(try report.site(at: "LEAK: manners", in: "manners.c").live == 10)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["trace.bin"])
    }
  }
}
