import ArgumentParser

/// Reports of single programs, as options shared by `fdtrack-report` and `fdtrack run`.
public struct ProgramOptions: ParsableArguments {
  @Flag(help: "Say of each program that ran whether it leaks, and report on it alone.")
  public var perProcess = false

  @Option(
    help: ArgumentHelp(
      "With --per-process: write the reports of programs with findings into this folder.",
      valueName: "folder"),
    completion: .directory)
  public var reportFolder: String?

  public init() {}

  /// Throws `ValidationError` for what cannot go together.
  func validate(format: ReportFormat, references: ReferenceOptions) throws {
    guard perProcess else {
      guard reportFolder == nil else {
        throw ValidationError("--report-folder needs --per-process.")
      }
      return
    }
    guard references.baseline == nil else {
      throw ValidationError("--baseline compares whole runs; leave out --per-process.")
    }
    guard reportFolder != nil || ProgramChoice.hasSummary(format) else {
      throw ValidationError(
        "\(format.rawValue) has no form for many programs; write them to a --report-folder.")
    }
  }

  /// nil without `--per-process`.
  var choice: ProgramChoice? { perProcess ? ProgramChoice(folder: reportFolder) : nil }

  /// What goes to the stream is read by programs.
  func isData(_ format: ReportFormat) -> Bool {
    perProcess && !ProgramChoice.hasSummary(format) ? false : format.isData
  }
}
