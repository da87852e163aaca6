import Foundation
import Testing

@Suite("fdtrack run")
struct RunCommandTests {
  /// `fdtrack run OPTIONS -- manners ARGUMENTS`
  private func line(_ options: [String], _ arguments: [String]) throws -> [String] {
    [Project.runner, "run"] + options + ["--", try Project.fixture("manners")] + arguments
  }

  private func runManners(
    _ arguments: String..., options: [String] = [], in folder: String
  ) throws -> Outcome {
    try run(try line(options, arguments), folder: folder)
  }

  @Test("The command's exit status is passed on", arguments: [0, 1, 7, 255] as [Int32])
  func exitStatus(code: Int32) throws {
    try withScratch { folder in
      let outcome = try runManners("exit", "\(code)", in: folder)
      #expect(outcome.status == .exit(code))
    }
  }

  @Test("Death by a signal is passed on as a shell tells it", arguments: [9, 15] as [Int32])
  func signalStatus(number: Int32) throws {
    try withScratch { folder in
      let outcome = try runManners("signal", "\(number)", in: folder)
      #expect(outcome.status == .exit(128 + number))
    }
  }

  @Test("The standard streams are the command's; the report goes to stderr")
  func streams() throws {
    try withScratch { folder in
      let input = String(repeating: "every byte\u{0}of it\n", count: 20_000)
      let program = try Launched(try line([], ["copy"]), folder: folder)
      // The pipes are smaller than the input: feed and read in turns.
      let outcome = try program.converse(input)
      #expect(outcome.status == .exit(0))
      #expect(outcome.output == input)
      #expect(outcome.errors.hasPrefix("copied\n"))
    }
  }

  @Test("The report names the leaking line")
  func report() throws {
    try withScratch { folder in
      let outcome = try runManners("leak", in: folder)
      #expect(outcome.status == .exit(0))
      #expect(outcome.output.isEmpty)
      let number = try Project.line(of: "LEAK: manners", in: "manners.c")
      #expect(outcome.errors.contains("manners.c:\(number)"))
    }
  }

  @Test("A program that is built with the address sanitizer runs, and its leak is found")
  func sanitized() throws {
    try withScratch { folder in
      let program = try Project.fixture("manners_sanitized")
      // Looking for leaks of memory takes ptrace(2), which a container may deny.
      let outcome = try run(
        [Project.runner, "run", "--", program, "leak"],
        environment: ["ASAN_OPTIONS": "detect_leaks=0"], folder: folder)
      #expect(outcome.status == .exit(0))
      let number = try Project.line(of: "LEAK: manners", in: "manners.c")
      #expect(outcome.errors.contains("LEAK  10 "), "\(outcome.errors)")
      #expect(outcome.errors.contains("leak at manners.c:\(number)"), "\(outcome.errors)")
    }
  }

  @Test("A process has the name that it was called by, where that is one")
  func names() throws {
    try withScratch { folder in
      let program = try Project.fixture("manners")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/called", withDestinationPath: program)
      let called = try run([Project.runner, "run", "--", "./called", "leak"], folder: folder)
      #expect(called.errors.contains(/who     pid \d+ \(called\): fds/))
      let script = "exec -a -manners '\(program)' leak"
      let login = try run(
        [Project.runner, "run", "--", "/bin/bash", "-c", script], folder: folder)
      #expect(login.errors.contains(/who     pid \d+ \(manners\): fds/))
    }
  }

  @Test("--report-format json puts nothing but the report for programs on stderr")
  func json() throws {
    try withScratch { folder in
      let outcome = try runManners("leak", options: ["--report-format", "json"], in: folder)
      let report = try Report(json: outcome.errors)
      #expect(try report.site(at: "LEAK: manners", in: "manners.c").live == 10)
    }
  }

  @Test("-o keeps the trace where it says")
  func trace() throws {
    try withScratch { folder in
      _ = try runManners("leak", options: ["-o", folder + "/kept.bin"], in: folder)
      let kept = try EndToEndTests.report(on: folder + "/kept.bin")
      #expect(try kept.site(at: "LEAK: manners", in: "manners.c").live == 10)
    }
  }

  @Test("--fail-on-leak turns success into 1 for a leak, and keeps a failure's status")
  func failOnLeak() throws {
    try withScratch { folder in
      let options = ["--fail-on-leak"]
      let leak = try runManners("leak", options: options, in: folder)
      let clean = try runManners("exit", "0", options: options, in: folder)
      let failure = try runManners("exit", "9", options: options, in: folder)
      #expect(leak.status == .exit(1))
      #expect(clean.status == .exit(0))
      #expect(failure.status == .exit(9))
    }
  }

  @Test("A signal for fdtrack reaches the command")
  func signals() throws {
    try withScratch { folder in
      let program = try Launched(try line([], ["wait"]), folder: folder)
      #expect(try program.readLine() == "ready")
      program.send(SIGTERM)
      #expect(try program.wait().status == .exit(42))
    }
  }

  @Test("The command is born with the descriptors that it would have without")
  func descriptors() throws {
    try withScratch { folder in
      let outcome = try runManners("fds", in: folder)
      #expect(outcome.output == "0\n1\n2\n")
    }
  }

  @Test("A command that does not exist, or is no program, is told in one line")
  func noCommand() throws {
    try withScratch { folder in
      let missing = try run([Project.runner, "run", "--", "/nonexistent/program"], folder: folder)
      #expect(missing.status == .exit(127))
      #expect(missing.errors.contains("/nonexistent/program"))
      #expect(missing.errors.split(separator: "\n").count == 1)

      try EndToEndTests.write("text", to: folder + "/text")
      let text = try run([Project.runner, "run", "--", folder + "/text"], folder: folder)
      #expect(text.status == .exit(126))
      #expect(text.errors.split(separator: "\n").count == 1)
    }
  }

  @Test("--help explains itself")
  func help() throws {
    for arguments in [["--help"], ["run", "--help"], ["--version"]] {
      let outcome = try run([Project.runner] + arguments)
      #expect(outcome.status == .exit(0))
      #expect(!outcome.output.isEmpty)
    }
    #expect(try run([Project.runner, "run", "--help"]).output.contains("--fail-on-leak"))
  }

  @Test("The programs and the shim work from any folder that holds them together")
  func copied() throws {
    try withScratch { folder in
      for name in ["fdtrack", "fdtrack-report", "libfdtrack.so"] {
        try copyProgram(Project.product + "/" + name, to: folder + "/" + name)
      }
      let outcome = try run(
        [folder + "/fdtrack", "run", "--", try Project.fixture("manners"), "leak"], folder: folder)
      #expect(outcome.status == .exit(0))
      #expect(outcome.errors.contains("manners.c"))
    }
  }
}
