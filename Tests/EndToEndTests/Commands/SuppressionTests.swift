import Foundation
import Testing

@Suite("Suppressing findings")
struct SuppressionTests {
  /// Runs a test program and lends its trace, and a file to write suppressions to.
  private func withTrace(
    _ fixture: String, _ arguments: [String] = [],
    _ body: (_ trace: String, _ file: String) throws
      -> Void
  ) throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      try run(
        [try Project.fixture(fixture)] + arguments, environment: shimEnvironment(trace: trace),
        folder: folder)
      try body(trace, folder + "/app.supp")
    }
  }

  @Test("A suppressed leak is told as that, keeps its facts, and fails nothing")
  func suppressed() throws {
    try withTrace("manners", ["leak"]) { trace, file in
      let before = try report(on: trace).sites[0]
      try write("{\n  known\n  ...\n  src: manners.c\n}\n", to: file)
      let options = ["--suppressions", file]
      let after = try report(on: trace, options + ["--fail-on-leak"]).sites[0]
      #expect(before.verdict == "leak" && after.verdict == "suppressed")
      #expect(after.fingerprint == before.fingerprint && after.live == before.live)
      let text = try run([Project.reporter] + options + [trace]).output
      #expect(text.contains("1 call site is suppressed (10 fds)."))
      #expect(!text.contains("manners.c:"))
      let all = try run([Project.reporter, "--all"] + options + [trace]).output
      let line = try Project.line(of: "LEAK: manners", in: "manners.c")
      #expect(all.contains("SUPPRESSED") && all.contains("manners.c:\(line)"))
    }
  }

  @Test(
    "Generated suppressions suppress every leak and suspect, and nothing else",
    arguments: [("manners", ["leak"]), ("cxx_leak", ["5"]), ("everything", ["."])])
  func generated(fixture: String, arguments: [String]) throws {
    try withTrace(fixture, arguments) { trace, file in
      let before = try report(on: trace, ["--all"])
      let findings = before.sites.filter { ["leak", "suspect"].contains($0.verdict) }
      #expect(!findings.isEmpty)
      let made = try run([Project.reporter, "--gen-suppressions", "-o", file, trace])
      #expect(made.status == .exit(0) && made.output.isEmpty && made.errors.isEmpty)
      let options = ["--suppressions", file, "--all"]
      let after = try report(on: trace, options + ["--fail-on-leak"])
      #expect(Set(after.sites(of: "suppressed").map(\.id)) == Set(findings.map(\.id)))
      for site in before.sites where !findings.contains(where: { $0.id == site.id }) {
        #expect(after.sites.first { $0.id == site.id }?.verdict == site.verdict)
      }
      let text = try run([Project.reporter] + options + [trace]).output
      #expect(!text.contains("Unused suppressions"))
      let nothing = try run([Project.reporter, "--gen-suppressions"] + options + [trace])
      #expect(nothing.output == "# No leak and no suspect: nothing to suppress.\n")
    }
  }

  @Test("What shares a fingerprint says so, and is suppressed with what it shares it with")
  func shared() throws {
    try withTrace("two_lines", ["7", "9"]) { trace, file in
      let note = "The fingerprint is also that of 1 more finding"
      let text = try run([Project.reporter, trace]).output
      #expect(text.split(separator: note, omittingEmptySubsequences: false).count == 3)
      let leak = try report(on: trace).sites[0]
      try write("{\n  one\n  fingerprint: \(leak.fingerprint)\n}\n", to: file)
      let after = try report(on: trace, ["--suppressions", file])
      #expect(after.sites.map(\.verdict) == ["suppressed", "suppressed"])
    }
  }

  @Test("Suppressions that nothing needs are named")
  func unused() throws {
    try withTrace("manners", ["leak"]) { trace, file in
      try write("# one\n{\n  old\n  kind: epoll\n}\n", to: file)
      let outcome = try run([Project.reporter, "--suppressions", file, "--fail-on-leak", trace])
      #expect(outcome.status == .exit(1))
      #expect(outcome.output.hasSuffix("\nUnused suppressions\n  old (\(file):2)\n"))
    }
  }

  @Test("A wrong file is told in one line with its place, and there is no report")
  func wrong() throws {
    try withTrace("manners", ["leak"]) { trace, file in
      try write("{\n  typo\n  func: main\n}\n", to: file)
      let outcome = try run([Project.reporter, "--suppressions", file, trace])
      #expect(outcome.status == .exit(2) && outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("fdtrack-report: \(file):3: 'func: main' is no condition"))
      #expect(outcome.errors.split(separator: "\n").count == 1)
      for path in [file + ".none", "/dev/null", "/"] {
        let missing = try run([Project.reporter, "--suppressions", path, trace])
        #expect(missing.status == .exit(2) && missing.output.isEmpty)
        #expect(missing.errors.hasPrefix("fdtrack-report: \(path): "))
      }
    }
  }

  @Test("fdtrack run suppresses too, and does not run the command with a wrong file")
  func runCommand() throws {
    try withScratch { folder in
      let file = folder + "/app.supp"
      let command = [
        Project.runner, "run", "--fail-on-leak", "--suppressions", file, "--",
        try Project.fixture("manners"), "leak",
      ]
      try write("{\n  known\n  api: sock*\n}\n", to: file)
      #expect(try run(command, folder: folder).status == .exit(0))
      try FileManager.default.removeItem(atPath: folder + "/trace.bin")
      try write("{\n", to: file)
      let refused = try run(command, folder: folder)
      #expect(refused.status == .exit(125))
      #expect(
        refused.errors == "fdtrack: \(file):1: this block does not end; end it with a line }\n")
      #expect(!FileManager.default.fileExists(atPath: folder + "/trace.bin"))
    }
  }
}
