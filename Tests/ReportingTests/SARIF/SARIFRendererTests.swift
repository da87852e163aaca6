import Foundation
import LeakAnalysis
import Testing

@testable import Reporting

@Suite("SARIF reports")
struct SARIFRendererTests {
  private func text(_ report: Report) -> String {
    var renderer = SARIFRenderer(version: "1.2.3")
    renderer.resultLimit = 50
    return rendered { renderer.render(report, to: $0) }
  }

  private func run(_ report: Report) throws -> [String: Any] {
    let log = try JSONSerialization.jsonObject(with: Data(text(report).utf8)) as? [String: Any]
    return try #require((log?["runs"] as? [[String: Any]])?.first)
  }

  private func results(_ report: Report) throws -> [[String: Any]] {
    try #require(try run(report)["results"] as? [[String: Any]])
  }

  /// The value at a path of members and indices.
  private func at(_ value: Any?, _ path: Any...) -> Any? {
    path.reduce(value) { value, step in
      if let key = step as? String { return (value as? [String: Any])?[key] }
      let list = value as? [Any] ?? []
      return (step as? Int).flatMap { list.indices.contains($0) ? list[$0] : nil }
    }
  }

  private static let schema = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Schemas/sarif-2.1.0.json").path

  @Test("Samples, hostile text and a report of nothing are valid by the standard's schema")
  func valid() throws {
    let reports = [
      Sample.report, Sample.withEverything, Hostile.report, Sample.report(of: []),
    ]
    try JSONSchemaValidator.expectValid(reports.map { text($0) }, schema: Self.schema)
  }

  @Test("Results come by level, each with its rule, and what is held only with all")
  func order() throws {
    var report = Sample.report
    let results = try results(report)
    #expect(
      results.map { $0["ruleId"] as? String } == [
        "leak", "double_close", "suspect", "inherited_descriptor", "inherited_descriptor",
      ])
    #expect(
      results.map { $0["level"] as? String } == ["error", "error", "warning", "warning", "note"])
    let rules = try #require(at(try run(report), "tool", "driver", "rules") as? [[String: Any]])
    for result in results {
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
    }
    report.includesAll = true
    #expect(try self.results(report).last?["ruleId"] as? String == "inherited_descriptor")
    #expect(try self.results(report).contains { $0["ruleId"] as? String == "held" })
  }

  @Test("A leak's path leads from its outermost caller to the open, the failure, and a close")
  func path() throws {
    let leak = try results(Sample.report)[0]
    let steps = try #require(
      at(leak, "codeFlows", 0, "threadFlows", 0, "locations") as? [[String: Any]])
    #expect(
      steps.map { at($0, "location", "message", "text") as? String } == [
        "calls dial", "calls new_socket", "socket() opens: 40 of 1300 stay open",
        "connect() failed with ECONNREFUSED, on 38 of 40", "close() closes 1260 others",
      ])
    #expect(
      steps.map { at($0, "location", "physicalLocation", "region", "startLine") as? Int }
        == [12, 55, 38, 58, 99])
    #expect(steps.map { $0["nestingLevel"] as? Int } == [0, 1, 2, 0, 0])
    #expect(
      at(leak, "partialFingerprints", "fdtrackFingerprint/v1") as? String == "cac6d88a5414de0d")
    #expect(
      at(leak, "partialFingerprints", "primaryLocationLineHash") as? String
        == "cac6d88a5414de0d:1")
  }

  @Test("A frame without a source line has a logical location, and no file")
  func bareFrames() throws {
    let frames = try #require(
      at(try results(Sample.report)[0], "stacks", 0, "frames") as? [[String: Any]])
    #expect(
      frames.map { at($0, "location", "physicalLocation") != nil } == [
        true, true, true, false, false,
      ])
    #expect(
      at(frames[3], "location", "logicalLocations", 0, "name") as? String
        == "__libc_start_call_main")
    #expect(frames[3]["module"] as? String == "libc.so.6")
    var report = Sample.report
    report.sites[0].stack.frames = [
      Report.StackFrame(function: nil, module: "/srv/app/server", offset: 0x10)
    ]
    report.sites[0].causes = []
    report.sites[0].closers = []
    let bare = try results(report)[0]
    #expect(bare["codeFlows"] == nil)
    #expect(at(bare, "locations", 0, "logicalLocations", 0, "name") as? String == "server+0x10")
    // The program: results without a file are refused by code scanning.
    let place = at(bare, "locations", 0, "physicalLocation")
    #expect(at(place, "artifactLocation", "uri") as? String == "server")
    #expect(at(place, "region") == nil)
  }

  @Test("Lines start at 1, a file without one has no region, libraries have no relative path")
  func regions() throws {
    var report = Sample.report
    func place(_ file: String, _ line: Int?, module: String = "/srv/app/server") throws -> Any? {
      report.sites[0].stack.frames = [
        Report.StackFrame(
          function: "f", file: file, line: line, column: 0, module: module, offset: 1)
      ]
      return at(try results(report)[0], "stacks", 0, "frames", 0, "location", "physicalLocation")
    }
    for line in [nil, 0, -3] {
      let place = try place("/srv/app/a.c", line)
      #expect(
        at(place, "region") == nil && at(place, "artifactLocation", "uri") as? String == "a.c")
    }
    #expect(try at(place("a.c", 1), "artifactLocation", "uriBaseId") as? String == "SRCROOT")
    #expect(try place("../a.c", 1) == nil)
    #expect(try place("nptl/x.c", 1, module: "/lib/x86_64-linux-gnu/libc.so.6") == nil)
  }

  @Test("No result takes a placeholder or a link from a trace, and nothing hides")
  func hostile() throws {
    let text = text(Hostile.report)
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
    #expect(
      SARIFText.escaped("{0} [l](http://x) \u{202e}\n") == #"{{0}} [l\](http://x) \u{{202e}}\n"#)
    for result in try results(Hostile.report) {
      let message = try #require(at(result, "message", "text") as? String)
      #expect(message.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
      #expect(!message.replacing("{{", with: "").replacing("}}", with: "").contains(/[{}]/))
    }
  }

  @Test("Losses are notifications, and each has its descriptor")
  func losses() throws {
    let run = try run(Sample.withEverything)
    let notes = try #require(
      at(run, "invocations", 0, "toolExecutionNotifications") as? [[String: Any]])
    let ids = notes.compactMap { at($0, "descriptor", "id") as? String }
    #expect(ids.contains("loss_stacks") && ids.contains("loss_31") && ids.contains("no_symbols"))
    let known = at(run, "tool", "driver", "notifications") as? [[String: Any]] ?? []
    #expect(Set(known.compactMap { $0["id"] as? String }) == Set(ids))
    let loss = notes.first { at($0, "descriptor", "id") as? String == "loss_stacks" }
    #expect(at(loss, "level") as? String == "warning")
    #expect(at(run, "properties", "lossy") as? Bool == true)
  }

  @Test("The invocation is the run that was recorded: command, times, and how it ended")
  func invocation() throws {
    var report = Sample.report
    let exited = at(try run(report), "invocations", 0)
    #expect(at(exited, "exitCode") as? Int == 0 && at(exited, "exitSignalName") == nil)
    #expect(at(exited, "arguments") as? [String] == ["--port", "8080"])
    #expect(at(exited, "executableLocation", "uri") as? String == "server")
    #expect(at(exited, "startTimeUtc") as? String == "2026-03-01T12:30:05.250Z")
    #expect(at(exited, "endTimeUtc") as? String == "2026-03-01T12:30:17.650Z")
    #expect(at(exited, "workingDirectory", "uri") as? String == "file:///srv/app/")
    (report.processes[0].endKind, report.processes[0].endCode) = ("signal", 9)
    let killed = at(try run(report), "invocations", 0)
    #expect(at(killed, "exitCode") == nil && at(killed, "exitSignalNumber") as? Int == 9)
    #expect(at(killed, "exitSignalName") as? String == "SIGKILL")
    report.processes[0].endKind = "running"
    #expect(at(try run(report), "invocations", 0, "exitSignalNumber") == nil)
  }

  @Test("Every result has suppressions when there are any, and none has without")
  func suppressions() throws {
    #expect(try results(Sample.report).allSatisfy { $0["suppressions"] == nil })
    var report = Sample.report
    report.suppressions = [Report.SuppressionUse(name: "x", file: "app.supp", line: 4)]
    report.sites[1].verdict = .suppressed
    report.sites[1].suppressed = Report.Suppressed(
      name: "x", file: "app.supp", line: 4, reason: "known", verdict: .suspect)
    let lists = try results(report).map { try #require($0["suppressions"] as? [[String: Any]]) }
    #expect(lists.map(\.count) == [0, 0, 1, 0, 0])
    #expect(try results(report)[2]["level"] as? String == "warning")
    #expect(at(lists[2][0], "justification") as? String == "x: known")
    #expect(
      at(lists[2][0], "location", "physicalLocation", "region", "startLine") as? Int == 4)
  }

  @Test("More results than code scanning takes are cut, the least first, and that is said")
  func cut() throws {
    var report = Sample.report
    report.sites = Array(repeating: Sample.suspect, count: 50) + [Sample.leak]
    let run = try run(report)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.count == 50)
    #expect(results[0]["ruleId"] as? String == "leak")
    #expect(results.last?["ruleId"] as? String == "suspect")
    #expect(at(run, "properties", "resultsLeftOut") as? Int == 4)
    #expect(SARIFRenderer(version: "").resultLimit == 25_000)
    let notes = at(run, "invocations", 0, "toolExecutionNotifications") as? [[String: Any]] ?? []
    #expect(notes.contains { at($0, "descriptor", "id") as? String == "results_left_out" })
    // Of one fingerprint each, and told apart.
    let hashes = results.compactMap {
      at($0, "partialFingerprints", "primaryLocationLineHash") as? String
    }
    #expect(Set(hashes).count == hashes.count)
  }

  @Test("Every verdict that is a finding and every wrong use has a rule with all texts")
  func rules() {
    #expect(Set(SARIFRule.all.map(\.id)).count == SARIFRule.all.count)
    for rule in SARIFRule.all {
      #expect(SARIFRule.index(of: rule.id).map { SARIFRule.all[$0] } == rule)
      for text in [rule.summary, rule.meaning, rule.help] { #expect(text.hasSuffix(".")) }
      // Rules may have twenty tags, of which ten are shown.
      #expect(rule.weaknesses.count <= 8)
    }
    for kind in LeakAnalysis.Misuse.Kind.allCases {
      #expect(SARIFRule.index(of: kind.rawValue) != nil)
    }
  }
}
