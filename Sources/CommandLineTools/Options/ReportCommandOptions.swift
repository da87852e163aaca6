import ArgumentParser

/// What a report may be asked for, as options shared by `fdtrack-report` and `fdtrack report`.
public struct ReportCommandOptions: ParsableArguments {
  @Option(help: "How to write the report.")
  public var format: ReportFormat = .text

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "Write the report to a file, which is replaced at once or not at all; - is standard output.",
      valueName: "file"),
    completion: .file())
  public var output: String?

  @Option(help: ArgumentHelp("Leave out sites with fewer open descriptors.", valueName: "n"))
  public var minCount: Int = 1

  @Option(help: ArgumentHelp("Report on one process only.", valueName: "pid"))
  public var process: Int?

  @Flag(help: "Report every site, also those that closed everything.")
  public var all = false

  @Flag(
    help: "Write suppressions for the leaks and suspects instead of a report.")
  public var genSuppressions = false

  @Option(
    help: ArgumentHelp(
      "In SARIF, tell source files relative to a folder, not to that of the program's start.",
      valueName: "folder"), completion: .directory)
  public var sourceRoot: String?

  @OptionGroup public var programs: ProgramOptions

  @OptionGroup public var references: ReferenceOptions

  @OptionGroup public var redaction: RedactionOptions

  @Flag(help: "Exit with status 1 when there is a leak that is not suppressed.")
  public var failOnLeak = false

  @Flag(help: "Never colour the report. So does a NO_COLOR in the environment.")
  public var noColor = false

  public init() {}

  public func validate() throws {
    guard minCount > 0 else { throw ValidationError("--min-count must be at least 1.") }
    guard process.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--process must be a process id.")
    }
    try programs.validate(format: format, references: references)
    guard !programs.perProcess || process == nil && !genSuppressions else {
      throw ValidationError("--per-process goes with neither --process nor --gen-suppressions.")
    }
    guard !genSuppressions || format == .text else {
      throw ValidationError("--gen-suppressions writes a format of its own; leave out --format.")
    }
    guard !genSuppressions || redaction.redact == nil else {
      throw ValidationError("--gen-suppressions needs the names that --redact hides.")
    }
  }

  /// What ``produceReport(trace:options:to:)`` takes; reads the files that options name.
  public func reportOptions() throws(ReportFailure) -> ReportOptions {
    var options = ReportOptions(
      format: format, minimumCount: minCount, process: process, includesAll: all,
      references: try references.load(), allowsColor: !noColor)
    options.generatesSuppressions = genSuppressions
    options.sourceRoot = try sourceRoot.map(InputFile.folder)
    options.redaction = try redaction.load()
    options.programs = programs.choice
    return options
  }

  /// Whether what the report said is to end the program with 1.
  public func fails(_ outcome: ReportOutcome) throws(ReportFailure) -> Bool {
    try outcome.fails(onLeak: failOnLeak, onNewLeak: references.failOnNewLeak)
  }

  /// Where the report goes: the file of `--output`, standard output for `-`, or else `stream`.
  public func reportOutput(otherwise stream: ReportOutput = .standardOutput) -> ReportOutput {
    switch output {
    case nil: stream
    case "-": .standardOutput
    case let path?: .file(path)
    }
  }
}
