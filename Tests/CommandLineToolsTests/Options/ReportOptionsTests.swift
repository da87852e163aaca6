import Testing

@testable import CommandLineTools

@Suite("Options of a report")
struct ReportOptionsTests {
  @Test("Options become what produceReport takes")
  func parsed() throws {
    let options = try ReportCommandOptions.parse([
      "--format", "json", "--min-count", "5", "--process", "812", "--all", "--no-color",
      "--fail-on-leak", "-o", "out.json",
    ])
    #expect(
      try options.reportOptions()
        == ReportOptions(
          format: .json, minimumCount: 5, process: 812, includesAll: true, allowsColor: false))
    #expect(options.reportOutput() == .file("out.json"))
    #expect(options.failOnLeak)
  }

  @Test("Without options: text, everything open, to the stream of the caller's choice")
  func defaults() throws {
    let options = try ReportCommandOptions.parse([])
    #expect(try options.reportOptions() == ReportOptions())
    #expect(options.reportOutput() == .standardOutput)
    #expect(options.reportOutput(otherwise: .standardError) == .standardError)
    #expect(
      try ReportCommandOptions.parse(["-o", "-"]).reportOutput(otherwise: .standardError)
        == .standardOutput)
  }

  @Test(
    "Values that make no sense are refused",
    arguments: [
      ["--min-count", "0"], ["--process", "0"], ["--process", "-1"], ["--format", "xml"],
      ["--min-count", "x"], ["--colour"], ["--gen-suppressions", "--format", "json"],
    ])
  func refused(arguments: [String]) {
    #expect(throws: (any Error).self) { try ReportCommandOptions.parse(arguments) }
  }

  @Test("A trace that cannot be read is named in one line")
  func unusable() {
    #expect {
      _ = try produceReport(
        trace: "/nonexistent/tr\u{1b}ace", options: ReportOptions(), to: .standardOutput)
    } throws: { error in
      let text = (error as? ReportFailure)?.description ?? ""
      return text.hasPrefix("/nonexistent/tr\\u{1b}ace: ") && !text.contains("\n")
    }
  }
}
