import Foundation
import Testing

@Suite("SARIF for code scanning")
struct SARIFTests {
  private let schema = Project.root + "/Tests/Schemas/sarif-2.1.0.json"

  private func log(
    on trace: String, _ options: String..., in folder: String
  ) throws -> SARIFLog {
    let file = try writeReport(on: trace, as: "sarif", to: folder + "/log.sarif", options)
    let validation = try Validation(json: [file], schema: schema)
    #expect(validation.isValid, "\(validation.complaints)")
    return try SARIFLog(String(contentsOfFile: file, encoding: .utf8))
  }

  @Test("Logs are valid by the standard's schema", arguments: RecordedTrace.quick)
  func valid(recorded: RecordedTrace) throws {
    try withScratch { folder in
      let trace = try recorded.record(in: folder)
      for log in [
        try log(on: trace, in: folder), try log(on: trace, "--all", in: folder),
      ] {
        let rules = log.runs[0].tool.driver.rules
        for result in log.results {
          #expect(rules[result.ruleIndex].id == result.ruleId)
          // Code scanning refuses a file in which one has none.
          #expect(result.locations.first?.physicalLocation != nil, "\(result.message.text)")
        }
      }
    }
  }

  @Test("A log on what no recorder writes is valid", arguments: HostileTraceTests.cases)
  func hostile(_ hostile: HostileTraceTests.Case) throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      try run([Project.fixture("hostile_trace"), hostile.name, trace, "\(hostile.size / 1024)"])
      let log = try log(on: trace, "--all", in: folder)
      #expect(log.results.count <= 25_000)
    }
  }

  @Test("The path of a leak goes from the open by the call that failed to the others' close")
  func path() throws {
    try withScratch { folder in
      let owner = try Launched([try Project.fixture("retry_bind"), "0", "1"])
      let port = try owner.readLine(after: "listening ")
      let trace = try RecordedTrace("retry_bind", port, "40").record(in: folder)
      let log = try log(on: trace, in: folder)
      #expect(log.results.map(\.ruleId) == ["leak"] && log.results[0].level == "error")
      let result = log.results[0]
      #expect(result.message.text.hasPrefix("40 tcp sockets from socket() in claim_port at "))
      let lines = result.steps.map { $0.physicalLocation?.region?.startLine }
      let opened = try Project.line(of: "LEAK: retry", in: "retry_bind.c")
      let failed = try Project.line(of: "CAUSE: busy", in: "retry_bind.c")
      #expect(lines.suffix(2) == [opened, failed])
      #expect(result.steps.last?.message?.text == "bind() failed with EADDRINUSE, on all 40")
      #expect(result.locations[0].physicalLocation?.region?.startLine == opened)
      #expect(log.runs[0].invocations[0].exitCode == 1)
    }
  }

  @Test("Files are told relative to the source root, percent-encoded, and others absolute")
  func sourceRoot() throws {
    try withScratch { folder in
      let sources = folder + "/my sources#1"
      try FileManager.default.createDirectory(
        atPath: sources, withIntermediateDirectories: false)
      try write(
        """
        #include <fcntl.h>
        int main(void) {
          for (int i = 0; i < 9; i++) open("/dev/null", O_RDONLY);
        }
        """, to: sources + "/50% of it.c")
      let built = try run(
        ["/usr/bin/cc", "-g", "-o", folder + "/leaks", sources + "/50% of it.c"])
      try #require(built.status == .exit(0), "\(built.errors)")
      let trace = folder + "/trace.bin"
      try run([folder + "/leaks"], environment: shimEnvironment(trace: trace), folder: sources)

      func place(_ options: String...) throws -> SARIFLog.ArtifactLocation? {
        let file = try writeReport(on: trace, as: "sarif", to: folder + "/log.sarif", options)
        return try SARIFLog(String(contentsOfFile: file, encoding: .utf8))
          .results[0].locations[0].physicalLocation?.artifactLocation
      }
      // The program was started in the folder of its source.
      let own = try place()
      #expect(own?.uri == "50%25%20of%20it.c" && own?.uriBaseId == "SRCROOT")
      let above = try place("--source-root", folder)
      #expect(above?.uri == "my%20sources%231/50%25%20of%20it.c" && above?.uriBaseId == "SRCROOT")
      let elsewhere = try place("--source-root", "/nowhere")
      #expect(elsewhere?.uri == "file://\(folder)/my%20sources%231/50%25%20of%20it.c")
      #expect(elsewhere?.uriBaseId == nil)
      #expect(URL(string: elsewhere?.uri ?? "")?.path == sources + "/50% of it.c")
    }
  }

  @Test("What is suppressed says by what, and where that stands")
  func suppressed() throws {
    try withScratch { folder in
      let trace = try RecordedTrace("counted_leaks", "6", "7", "0").record(in: folder)
      try write("{\n  files\n  reason: known\n  api: open\n}\n", to: folder + "/app.supp")
      let log = try log(on: trace, "--suppressions", folder + "/app.supp", in: folder)
      let suppressions = try log.results.map { try #require($0.suppressions) }
      #expect(suppressions.map(\.count).sorted() == [0, 1])
      let suppression = try #require(suppressions.flatMap { $0 }.first)
      #expect(suppression.justification == "files: known")
      #expect(suppression.location.physicalLocation?.region?.startLine == 1)
    }
  }
}
