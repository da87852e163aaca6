import Foundation
import Testing

@Suite("Code that was loaded in unusual ways") struct LoadedCodeTests {
  private func track(_ mode: String, in folder: String) throws -> (report: Report, text: String) {
    let trace = folder + "/trace.bin"
    let outcome = try run(
      [try Project.fixture("loads_code"), mode, "/dev/zero"],
      environment: shimEnvironment(trace: trace), folder: folder)
    #expect(outcome.status == .exit(0))
    let text = try run([Project.reporter, trace]).output
    return (try report(on: trace), text.split { $0.isWhitespace }.joined(separator: " "))
  }

  @Test("A plugin that was unloaded keeps its functions and lines")
  func unloaded() throws {
    try withScratch { folder in
      let report = try track("unloaded", in: folder).report
      let site = try report.site(at: "LEAK: plugin", in: "libraries/plugin.c")
      #expect(site.verdict == "leak" && site.live == 6)
      #expect(site.functions.prefix(2) == ["plugin_open", "main"])
    }
  }

  @Test("A plugin that was loaded by a relative path has its lines, wherever the report is made")
  func relative() throws {
    try withScratch { folder in
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/libplugin.so", withDestinationPath: Project.fixture("libplugin.so"))
      let (report, text) = try track("relative", in: folder)
      let site = try report.site(at: "LEAK: plugin", in: "libraries/plugin.c")
      #expect(site.live == 6 && site.functions.prefix(2) == ["plugin_open", "main"])
      #expect(!text.contains("No symbols for"), "\(text)")
      let watch = try run([Project.runner, "watch", folder + "/trace.bin", "--count", "1"])
      #expect(watch.output.contains("open() in plugin_open at plugin.c:"), "\(watch.output)")
    }
  }

  @Test(
    "What no wrapper could see is told as such, with its kind and name",
    arguments: ["deepbind", "namespace", "handle"])
  func bypassed(mode: String) throws {
    try withScratch { folder in
      let (report, text) = try track(mode, in: folder)
      #expect(report.sites.isEmpty)
      #expect(report.trace.coverage.unseen == 6)
      let process = try #require(report.processes.first)
      #expect(process.unseen.count == 6)
      #expect(process.unseen.allSatisfy { $0.kind == "file" && $0.name == "/dev/zero" })
      #expect(
        text.hasPrefix("No leak in what was seen, but the trace is incomplete: see Coverage."))
      #expect(text.contains("6 open fds were opened in a way that was not seen"), "\(text)")
      #expect(text.contains("/dev/zero"), "\(text)")
    }
  }

  @Test(
    "What a module did around the recorder is not denied where a signal ended the program",
    arguments: ["deepbind", "namespace"])
  func killed(mode: String) throws {
    try withScratch { folder in
      let outcome = try run(
        [
          Project.runner, "run", "--", try Project.fixture("loads_code"), mode, "/dev/zero",
          "killed",
        ],
        folder: folder)
      let text = outcome.errors.split { $0.isWhitespace }.joined(separator: " ")
      #expect(
        text.hasPrefix("No leak in what was seen, but not all may have been: see Coverage."))
      #expect(text.contains("open at the end, as recorded"), "\(text)")
      #expect(text.contains("they left: libplugin.so in pid "), "\(text)")
      let trace = folder + "/trace.bin"
      let process = try #require(try report(on: trace).processes.first)
      #expect(process.end == .init(kind: "signal", code: 15) && !process.coverage.checkedLast)
      let first = try Project.fixture("libplugin.so")
      #expect(process.coverage.loadedAround == .init(count: 1, first: first))
    }
  }

  @Test("Nothing is said of modules to a program that binds them as ever, and is killed")
  func bound() throws {
    try withScratch { folder in
      let outcome = try run(
        [
          Project.runner, "run", "--", try Project.fixture("loads_code"), "plain", "/dev/zero",
          "killed",
        ], folder: folder)
      #expect(outcome.errors.hasPrefix("1 call site leaks 6 fds."), "\(outcome.errors)")
      #expect(!outcome.errors.contains("recorded"), "\(outcome.errors)")
    }
  }
}
