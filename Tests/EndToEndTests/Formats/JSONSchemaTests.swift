import Foundation
import Testing

@Suite("The schema of JSON reports")
struct JSONSchemaTests {
  private let schema = Project.root + "/docs/report.schema.json"

  @Test("Reports are valid, also those of everything that was seen", arguments: RecordedTrace.quick)
  func valid(recorded: RecordedTrace) throws {
    try withScratch { folder in
      let trace = try recorded.record(in: folder)
      let files = [
        try writeReport(on: trace, as: "json", to: folder + "/report.json"),
        try writeReport(on: trace, as: "json", to: folder + "/all.json", ["--all"]),
      ]
      let validation = try Validation(json: files, schema: schema)
      #expect(validation.isValid, "\(validation.complaints)")
    }
  }

  @Test("The report on a second try at a busy port is valid")
  func retry() throws {
    try withScratch { folder in
      let owner = try Launched([try Project.fixture("retry_bind"), "0", "1"])
      let port = try owner.readLine(after: "listening ")
      let trace = try RecordedTrace("retry_bind", port, "40").record(in: folder)
      let file = try writeReport(on: trace, as: "json", to: folder + "/report.json")
      let validation = try Validation(json: [file], schema: schema)
      #expect(validation.isValid, "\(validation.complaints)")
    }
  }

  @Test("A report with suppressions and a baseline is valid")
  func references() throws {
    try withScratch { folder in
      let first = try RecordedTrace("counted_leaks", "6", "7", "0").record(in: folder)
      let baseline = try writeReport(on: first, as: "json", to: folder + "/old.json")
      try write("{\n  files\n  reason: known\n  api: open\n}\n", to: folder + "/app.supp")
      let second = try RecordedTrace("counted_leaks", "8", "0", "9").record(in: folder)
      let file = try writeReport(
        on: second, as: "json", to: folder + "/new.json",
        ["--baseline", baseline, "--suppressions", folder + "/app.supp", "--all"])
      let text = try String(contentsOfFile: file, encoding: .utf8)
      for part in [#""change" : "new""#, #""gone" : 1"#, #""verdict" : "suppressed""#] {
        #expect(text.contains(part))
      }
      let validation = try Validation(json: [file], schema: schema)
      #expect(validation.isValid, "\(validation.complaints)")
    }
  }

  @Test("A report on single programs is valid by a schema of its own")
  func programs() throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      let script =
        "\(try Project.fixture("manners")) leak; \(try Project.fixture("manners")) exit 0"
      try run(
        ["/bin/sh", "-c", script], environment: shimEnvironment(trace: trace), folder: folder)
      let file = try writeReport(
        on: trace, as: "json", to: folder + "/report.json", ["--per-process"])
      let programs = Project.root + "/docs/programs.schema.json"
      let validation = try Validation(json: [file], schema: programs, refersToOthers: true)
      #expect(validation.isValid, "\(validation.complaints)")

      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(
        text.contains(#""status" : "leak""#) && text.contains(#""schema" : "fdtrack-report/1""#))
      // The report of a program is looked at, too.
      for here in [#""status" : "#, #""schema" : "fdtrack-report/"#, #""rate_quality""#] {
        let changed = try #require(text.range(of: here), "\(here)")
        try write(text.replacingCharacters(in: changed, with: "\(here.dropLast())x\""), to: file)
        #expect(
          try !Validation(json: [file], schema: programs, refersToOthers: true).isValid, "\(here)")
      }
    }
  }

  @Test("What a trace of nobody's recorder says is valid", arguments: HostileTraceTests.cases)
  func hostile(_ hostile: HostileTraceTests.Case) throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      try run([Project.fixture("hostile_trace"), hostile.name, trace, "\(hostile.size / 1024)"])
      let file = try writeReport(on: trace, as: "json", to: folder + "/report.json", ["--all"])
      let validation = try Validation(json: [file], schema: schema)
      #expect(validation.isValid, "\(validation.complaints)")
    }
  }

  @Test("A wrong report is refused, whatever is wrong with it")
  func wrong() throws {
    try withScratch { folder in
      let trace = try RecordedTrace("everything", ".").record(in: folder)
      let right = try String(
        contentsOfFile: writeReport(on: trace, as: "json", to: folder + "/right.json"),
        encoding: .utf8)
      let faults = [
        (#""verdict" : "leak""#, #""verdict" : "bad""#),
        (#""lossy" : false"#, #""lossy" : "no""#),
        (#""host" : "#, #""hosts" : "#),
        (#""kind" : "file","#, #""kind" : "file", "extra" : null,"#),
        (#""fingerprint" : ""#, #""fingerprint" : "X"#),
        (#""code" : ""#, #""code" : "un""#),
        (#""schema_version" : "1."#, #""schema_version" : "2."#),
      ]
      for (here, instead) in faults {
        let changed = try #require(right.range(of: here), "\(here)")
        let file = folder + "/wrong.json"
        try write(right.replacingCharacters(in: changed, with: instead), to: file)
        #expect(try !Validation(json: [file], schema: schema).isValid, "\(instead)")
      }
    }
  }
}
