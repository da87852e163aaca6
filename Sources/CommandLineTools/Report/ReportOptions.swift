import Reporting

/// What a report is asked for.
public struct ReportOptions: Equatable, Sendable {
  public var format: ReportFormat
  /// Sites with fewer open descriptors are left out.
  public var minimumCount: Int
  /// Pid of the only process to report on; nil for all.
  public var process: Int?
  /// Report every open site, also those that closed everything.
  public var includesAll: Bool
  /// Instead of the report, a suppression file for its findings.
  public var generatesSuppressions = false
  /// The folder that source files are told relative to, where the format does that; nil for
  /// that of the program's start.
  public var sourceRoot: String?
  /// What is hidden in it.
  public var redaction: Redaction?
  /// A report for each program instead of one; nil for one.
  public var programs: ProgramChoice?
  /// What it is held against.
  public var references: ReportReferences
  /// Colour is used on a terminal only, and never against NO_COLOR.
  public var allowsColor: Bool

  public init(
    format: ReportFormat = .text, minimumCount: Int = 1, process: Int? = nil,
    includesAll: Bool = false, references: ReportReferences = ReportReferences(),
    allowsColor: Bool = true
  ) {
    self.format = format
    self.minimumCount = minimumCount
    self.process = process
    self.includesAll = includesAll
    self.references = references
    self.allowsColor = allowsColor
  }
}
