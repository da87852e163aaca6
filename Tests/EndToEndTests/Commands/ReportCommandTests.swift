import Foundation
import Testing

@Suite("The command line of fdtrack-report")
struct ReportCommandTests {
  /// A trace with one site that leaks ten sockets.
  private func withTrace(_ body: (String) throws -> Void) throws {
    try withScratch { folder in
      let outcome = try run(
        [try Project.fixture("manners"), "leak"],
        environment: shimEnvironment(trace: folder + "/trace.bin"), folder: folder)
      #expect(outcome.status == .exit(0))
      #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
      try body(folder + "/trace.bin")
    }
  }

  @Test("--help names every option, --version the version")
  func help() throws {
    let help = try run([Project.reporter, "--help"])
    #expect(help.status == .exit(0))
    for option in [
      "--format", "--output", "--min-count", "--process", "--all", "--fail-on-leak",
      "--fail-on-new-leak", "--suppressions", "--gen-suppressions", "--no-known-holders",
      "--baseline", "--redact", "--redact-key", "--version",
    ] {
      #expect(help.output.contains(option), "\(option)")
    }
    let version = try run([Project.reporter, "--version"])
    #expect(version.status == .exit(0))
    #expect(version.output.contains(/^\D*\d+\.\d+/))
  }

  @Test("Completions are printed for each shell", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let outcome = try run([Project.reporter, "--generate-completion-script", shell])
    #expect(outcome.status == .exit(0))
    #expect(outcome.output.contains("fail-on-leak"))
  }

  @Test("An unknown option is an error")
  func unknown() throws {
    let outcome = try run([Project.reporter, "--no-such-option", "trace.bin"])
    #expect(outcome.status != .exit(0))
    #expect(outcome.errors.contains("--no-such-option"))
  }

  @Test("Each format tells the function and the line", arguments: ["text", "markdown", "json"])
  func formats(format: String) throws {
    try withTrace { trace in
      let outcome = try run([Project.reporter, "--format", format, trace])
      #expect(outcome.status == .exit(0))
      let line = try Project.line(of: "LEAK: manners", in: "manners.c")
      #expect(outcome.output.contains("manners.c"))
      #expect(outcome.output.contains("\(line)"))
      #expect(outcome.output.contains("leak"))
      #expect(outcome.errors.isEmpty)
    }
  }

  @Test("JSON keeps its schema's name")
  func schema() throws {
    try withTrace { trace in
      let report = try report(on: trace)
      #expect(report.schema == "fdtrack-report/1")
      #expect(report.sites[0].fingerprint.isEmpty == false)
    }
  }

  @Test("The fingerprint of a site is the same in every run")
  func fingerprint() throws {
    var seen: Set<String> = []
    for _ in 0..<3 {
      try withTrace { seen.insert(try report(on: $0).sites[0].fingerprint) }
    }
    #expect(seen.count == 1)
  }

  @Test("-o writes the same report into a file")
  func output() throws {
    try withTrace { trace in
      let file = trace + ".txt"
      let printed = try run([Project.reporter, trace])
      let written = try run([Project.reporter, "-o", file, trace])
      #expect(written.status == .exit(0))
      #expect(written.output.isEmpty)
      #expect(String(decoding: try read(file), as: UTF8.self) == printed.output)
    }
  }

  @Test("--fail-on-leak exits 1 for a leak and 0 for none")
  func failOnLeak() throws {
    try withTrace { trace in
      let lenient = try run([Project.reporter, trace])
      let strict = try run([Project.reporter, "--fail-on-leak", trace])
      #expect(lenient.status == .exit(0))
      #expect(strict.status == .exit(1))
    }
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      try run(
        [try Project.fixture("manners"), "exit", "0"], environment: shimEnvironment(trace: trace))
      #expect(try run([Project.reporter, "--fail-on-leak", trace]).status == .exit(0))
    }
  }

  @Test("--min-count leaves out the sites with less")
  func minCount() throws {
    try withTrace { trace in
      let ten = try report(on: trace, ["--min-count", "10"])
      let eleven = try report(on: trace, ["--min-count", "11"])
      #expect(ten.sites.count == 1)
      #expect(eleven.sites.isEmpty)
    }
  }

  @Test("--process keeps the sites of that process only")
  func process() throws {
    try withTrace { trace in
      let pid = try report(on: trace).processes[0].pid
      #expect(try report(on: trace, ["--process", "\(pid)"]).sites.count == 1)
      let other = try run([Project.reporter, "--format", "json", "--process", "1", trace])
      if other.status == .exit(0) { #expect(try Report(json: other.output).sites.isEmpty) }
    }
  }

  @Test("Colour is for terminals, and NO_COLOR turns it off")
  func colour() throws {
    try withTrace { trace in
      let command = "\(Project.reporter) \(trace)"
      let terminal = ["/usr/bin/script", "-qec", command, "/dev/null"]
      let escape = "\u{1b}["
      #expect(!(try run([Project.reporter, trace]).output.contains(escape)))
      #expect(try run(terminal, environment: ["TERM": "xterm"]).output.contains(escape))
      let plain = try run(terminal, environment: ["TERM": "xterm", "NO_COLOR": "1"]).output
      #expect(plain.contains("manners.c"))
      #expect(!plain.contains(escape))
    }
  }

  @Test("A path in a trace cannot send escape sequences to the terminal")
  func hostileNames() throws {
    try withScratch { folder in
      let evil = folder + "/\u{1b}[31mred"
      try FileManager.default.createDirectory(atPath: evil, withIntermediateDirectories: false)
      let trace = folder + "/trace.bin"
      try run(
        [try Project.fixture("everything"), evil], environment: shimEnvironment(trace: trace))
      let text = try run([Project.reporter, "--all", trace]).output
      #expect(text.contains("report-"))
      #expect(!text.contains("\u{1b}"))
    }
  }

  @Test("The tools of fdtrack are not traced, even with the shim preloaded")
  func toolsUntraced() throws {
    try withTrace { trace in
      let other = trace + ".tool"
      let outcome = try run([Project.reporter, trace], environment: shimEnvironment(trace: other))
      #expect(outcome.status == .exit(0))
      #expect(!FileManager.default.fileExists(atPath: other))
    }
  }
}
