import ArgumentParser
import LeakAnalysis
import Reporting
import Suppressions

/// What a report is held against, as options shared by `fdtrack-report` and `fdtrack run`.
public struct ReferenceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Leave alone the findings that this file speaks of; may be given several times.",
      valueName: "file"),
    completion: .file())
  public var suppressions: [String] = []

  @Flag(help: "Judge what is known to be held on purpose as anything else.")
  public var noKnownHolders = false

  public init() {}

  /// Reads the files.
  func load() throws(ReportFailure) -> ReportReferences {
    var all: [Suppression] = []
    for path in suppressions { all += try Self.suppressions(at: path) }
    return ReportReferences(
      suppressions: SuppressionList(all), holders: noKnownHolders ? .none : .builtIn)
  }

  private static func suppressions(at path: String) throws(ReportFailure) -> [Suppression] {
    let bytes = try InputFile.bytes(at: path, limit: SuppressionFile.sizeLimit)
    do throws(SuppressionError) {
      return try SuppressionFile.parse(bytes, file: path)
    } catch {
      throw ReportFailure(VisibleText.escaped(error.description))
    }
  }
}

/// What a report is held against.
public struct ReportReferences: Equatable, Sendable {
  public var suppressions: SuppressionList
  /// What is held on purpose.
  public var holders: KnownHolders

  public init(
    suppressions: SuppressionList = SuppressionList(), holders: KnownHolders = .builtIn
  ) {
    self.suppressions = suppressions
    self.holders = holders
  }
}
