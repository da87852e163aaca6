import ArgumentParser

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

  @Option(
    help: ArgumentHelp(
      "Compare with an earlier run: its JSON report, or its trace.", valueName: "old"),
    completion: .file())
  public var baseline: String?

  @Flag(help: "Exit with status 1 when a leak is new or has grown since --baseline.")
  public var failOnNewLeak = false

  public init() {}

  public func validate() throws {
    guard !failOnNewLeak || baseline != nil else {
      throw ValidationError("--fail-on-new-leak needs a --baseline.")
    }
  }

  /// Reads the files.
  func load() throws(ReportFailure) -> ReportReferences {
    var references = ReportReferences()
    for path in suppressions { try references.addSuppressions(at: path) }
    if noKnownHolders { references.holders = .none }
    if let baseline { try references.setBaseline(at: baseline) }
    return references
  }
}
