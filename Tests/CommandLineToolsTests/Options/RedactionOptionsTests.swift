import Reporting
import Testing

@testable import CommandLineTools

@Suite("Options of redaction") struct RedactionOptionsTests {
  @Test("--redact takes names with commas between, or all")
  func scopes() throws {
    let options = try ReportCommandOptions.parse(["--redact", "paths,args"])
    #expect(try options.reportOptions().redaction?.scope == [.paths, .arguments])
    let all = try ReportCommandOptions.parse(["--redact=all", "--format", "json"])
    #expect(try all.reportOptions().redaction?.scope == .all)
    #expect(try ReportCommandOptions.parse([]).reportOptions().redaction == nil)
    #expect(try RunCommand.parse(["--redact", "hosts", "--", "true"]).redaction.redact == .hosts)
  }

  @Test("Without a key each report has a key of its own; a file's is always the same")
  func keys() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("key", "0123456789abcdef").string
    func redaction(_ arguments: String...) throws -> Redaction? {
      try ReportCommandOptions.parse(["--redact", "all"] + arguments).reportOptions().redaction
    }
    #expect(try redaction() != redaction())
    #expect(try redaction("--redact-key", file) == redaction("--redact-key", file))
  }

  @Test(
    "What makes no sense is refused",
    arguments: [
      ["--redact", "everything"], ["--redact", ""], ["--redact-key", "x"],
      ["--redact", "all", "--gen-suppressions"],
    ])
  func refused(arguments: [String]) {
    #expect(throws: (any Error).self) { try ReportCommandOptions.parse(arguments) }
  }

  @Test("A secret that is too short is refused with the file's name")
  func short() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("key", "0123456789abcde").string
    let options = try ReportCommandOptions.parse(["--redact", "all", "--redact-key", file])
    #expect {
      _ = try options.reportOptions()
    } throws: {
      ($0 as? ReportFailure)?.description == "\(file): has less than 16 bytes for a secret"
    }
  }
}
