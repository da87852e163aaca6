import Foundation
import Testing

@Suite("Reports that are passed on")
struct RedactionTests {
  /// Every format that the program has.
  private static func formats() throws -> [String] {
    let help = try run([Project.reporter, "--help"]).output
    let values = try #require(help.firstMatch(of: /--format <format>[^(]*\(values: ([^;)]+)/))
    return values.1.split { $0 == "," || $0.isWhitespace }.map(String.init)
  }

  private static func hostName() -> String {
    (try? run(["/usr/bin/uname", "-n"]).output.trimmingCharacters(in: .newlines)) ?? ""
  }

  @Test("No format of a redacted report has a path, a program's name or an argument")
  func formats() throws {
    try withScratch { folder in
      _ = try track("everything", [folder], in: folder)
      let formats = try Self.formats()
      #expect(formats.count >= 6)
      for format in formats {
        let file = folder + "/report"
        func written(_ options: [String]) throws -> String {
          let outcome = try run(
            [Project.reporter, "--all", "--format", format, "-o", file] + options
              + [folder + "/trace.bin"])
          #expect(outcome.status == .exit(0), "\(outcome.errors)")
          return String(decoding: try read(file), as: UTF8.self)
        }
        let plain = try written([])
        let text = try written(["--redact", "all"])
        #expect(plain.contains("leak_pipe") && text.contains("leak_pipe"))
        let folderName = try #require(folder.split(separator: "/").last)
        for word in ["everything", "report-0-1", Project.root, String(folderName)] {
          #expect(!text.contains(word), "\(word) in \(format)")
        }
      }
    }
  }

  @Test("Facts are those of the report as it was, and what is hidden has a pseudonym")
  func facts() throws {
    try withScratch { folder in
      _ = try track("everything", [folder], in: folder)
      let plain = try report(on: folder + "/trace.bin", ["--all"])
      let hidden = try report(on: folder + "/trace.bin", ["--all", "--redact", "all"])
      #expect(hidden.sites.map(\.verdict) == plain.sites.map(\.verdict))
      #expect(hidden.sites.map(\.live) == plain.sites.map(\.live))
      #expect(hidden.sites.map(\.functions) == plain.sites.map(\.functions))
      #expect(
        hidden.sites.map { $0.stack.map(\.line) } == plain.sites.map { $0.stack.map(\.line) })
      let program = try #require(hidden.processes.first?.exe?.split(separator: "/").last)
      #expect(program.wholeMatch(of: /p-[0-9a-f]{10}/) != nil)
      let file = try #require(hidden.sites.first?.stack.first?.file)
      #expect(file.hasSuffix("/\(program).c"))
      let names = Set(hidden.sites.flatMap { $0.fds.compactMap(\.name) })
      #expect(names.count == Set(plain.sites.flatMap { $0.fds.compactMap(\.name) }).count)
      #expect(names.contains("/dev/null"))
      let modules = hidden.sites.flatMap { $0.stack.compactMap(\.module) }
      #expect(modules.contains { $0.hasSuffix("/libc.so.6") })
    }
  }

  @Test("With one secret the reports of two runs have the same pseudonyms and fingerprints")
  func secret() throws {
    try withScratch { folder in
      try write("a secret that nobody guesses\n", to: folder + "/key")
      var runs: [[Report.Site]] = []
      for _ in 0..<2 {
        try? FileManager.default.removeItem(atPath: folder + "/trace.bin")
        _ = try track("everything", [folder], in: folder)
        let options = ["--redact", "all", "--redact-key", folder + "/key"]
        runs.append(try report(on: folder + "/trace.bin", options).sites)
      }
      #expect(runs[0].map(\.fingerprint) == runs[1].map(\.fingerprint))
      #expect(runs[0].map { $0.stack.map(\.file) } == runs[1].map { $0.stack.map(\.file) })
      let other = try report(on: folder + "/trace.bin", ["--redact", "all"]).sites
      #expect(Set(other.map(\.fingerprint)).isDisjoint(with: runs[1].map(\.fingerprint)))
    }
  }

  @Test("fdtrack run redacts its report, too")
  func whileRunning() throws {
    try withScratch { folder in
      let outcome = try run(
        [
          Project.runner, "run", "-o", folder + "/trace.bin", "--redact", "all",
          "--report-format", "json", "--", try Project.fixture("everything"), folder,
        ], folder: folder)
      #expect(outcome.status == .exit(0))
      #expect(!outcome.errors.contains("everything"))
      #expect(try Report(json: outcome.errors).sites.count == 3)
    }
  }

  @Test("A host's name is hidden, and its addresses that others could have, but no loopback")
  func addresses() throws {
    try withScratch { folder in
      let owner = try launchTracked("retry_bind", ["0", "1"], in: folder)
      _ = try owner.readLine(after: "listening ")
      let trace = folder + "/trace.bin"
      let sites = try report(on: trace, ["--redact", "addresses,hosts"]).sites
      #expect(sites[0].fds[0].local?.hasPrefix("127.0.0.1:") == true)
      let text = try run([Project.reporter, "--redact", "hosts", trace]).output
      #expect(text.contains(/on host-[0-9a-f]{10}/))
      #expect(!text.contains("on \(Self.hostName())\n"))
      owner.closeInput()
      _ = try owner.wait()
    }
  }
}
