import Foundation
import Testing

@Suite("JUnit XML for test panes")
struct JUnitTests {
  private let schema = Project.root + "/Tests/Schemas/junit-10.xsd"

  /// Writes a report, and holds it against Jenkins' schema.
  private func report(on trace: String, _ options: [String], in folder: String) throws -> String {
    let file = try writeReport(on: trace, as: "junit", to: folder + "/report.xml", options)
    let validation = try Validation(xml: file, schema: schema)
    #expect(validation.isValid, "\(validation.complaints)")
    return file
  }

  private func number(_ path: String, in file: String) throws -> Int {
    let outcome = try run(["/usr/bin/xmllint", "--xpath", path, file])
    return try #require(
      Int(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(outcome.errors)")
  }

  @Test("Reports are valid, and their totals right", arguments: RecordedTrace.quick)
  func valid(recorded: RecordedTrace) throws {
    try withScratch { folder in
      let trace = try recorded.record(in: folder)
      for options in [[], ["--all"]] {
        let file = try report(on: trace, options, in: folder)
        for (total, what) in [
          ("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped"),
        ] {
          let told = try number("number(/testsuites/testsuite/@\(total))", in: file)
          #expect(try told == number("count(//\(what))", in: file), "\(total)")
        }
        let leaks = try EndToEndTests.report(on: trace, options).sites(of: "leak").count
        #expect(try number("number(/testsuites/@failures)", in: file) == leaks)
      }
    }
  }

  @Test("A report on what no recorder writes is valid", arguments: HostileTraceTests.cases)
  func hostile(_ hostile: HostileTraceTests.Case) throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      try run([Project.fixture("hostile_trace"), hostile.name, trace, "\(hostile.size / 1024)"])
      _ = try report(on: trace, ["--all"], in: folder)
    }
  }

  @Test("A wrong report is refused")
  func wrong() throws {
    try withScratch { folder in
      let trace = try RecordedTrace("counted_leaks", "6", "7", "0").record(in: folder)
      let right = try String(contentsOfFile: report(on: trace, [], in: folder), encoding: .utf8)
      for (here, instead) in [("<testcase ", "<test "), (" tests=", " count="), ("&quot;", "\"")] {
        let wrong = right.replacingOccurrences(of: here, with: instead)
        guard wrong != right else { continue }
        try write(wrong, to: folder + "/wrong.xml")
        #expect(try !Validation(xml: folder + "/wrong.xml", schema: schema).isValid, "\(instead)")
      }
    }
  }

  @Test("A case keeps its name in the next run, whatever the counts are")
  func names() throws {
    try withScratch { folder in
      var names: [Set<String>] = []
      for counts in ["6", "8"] {
        let trace = try RecordedTrace("counted_leaks", counts, "7", "0").record(in: folder)
        let file = try report(on: trace, [], in: folder)
        let outcome = try run(["/usr/bin/xmllint", "--xpath", "//testcase/@name", file])
        names.append(Set(outcome.output.split(separator: "\n").map(String.init)))
      }
      #expect(names[0] == names[1] && names[0].count == 3)
    }
  }
}
