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

/// Where a report goes.
public enum ReportOutput: Equatable, Sendable {
  case standardOutput
  case standardError
  /// Replaced as a whole by rename(2), never seen in part.
  case file(String)
}

/// What a report said, for exit statuses.
public struct ReportOutcome: Equatable, Sendable {
  /// Call sites with the verdict `leak`, and the descriptors that they hold.
  public var leakSites: Int
  public var leakedDescriptors: Int
  /// Leaks that are new or have grown since the baseline; 0 without one.
  public var newLeaks: Int

  public init(leakSites: Int, leakedDescriptors: Int, newLeaks: Int = 0) {
    self.leakSites = leakSites
    self.leakedDescriptors = leakedDescriptors
    self.newLeaks = newLeaks
  }

  /// Whether one of the two that may fail a build is there.
  public func fails(onLeak: Bool, onNewLeak: Bool) -> Bool {
    onLeak && leakSites > 0 || onNewLeak && newLeaks > 0
  }
}

/// Why there is no report. `description` is one line for stderr.
public struct ReportFailure: Error, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}

/// Reads a trace, finds leaks, looks symbols up and writes the report.
///
/// A reader that goes away (`| head`) is no failure. Call it from one thread at a time.
///
/// - Throws: ``ReportFailure`` when the trace cannot be used or the report not be written.
public func produceReport(
  trace path: String, options: ReportOptions, to output: ReportOutput
) throws(ReportFailure) -> ReportOutcome {
  if let programs = options.programs {
    return try programs.produce(path, options, to: output)
  }
  let found = try TraceFindings(at: path, options.references)
  if let pid = options.process, !found.findings.processes.contains(where: { $0.pid == pid }) {
    throw InputFile.failure(path, "has no process with pid \(pid)")
  }
  // Opened first: nobody should wait for symbols to learn of a wrong path.
  var sink = try ReportSink(output, keeping: path)
  var report = found.report(
    options.references,
    filter: ReportFilter(
      minimumCount: options.minimumCount, pid: options.process,
      includesAll: options.includesAll || options.format.listsAllSites))
  report.sourceRoot = options.sourceRoot
  if let redaction = options.redaction { report = redaction.redacted(report) }
  if options.generatesSuppressions {
    try sink.write(SuppressionRenderer().render(report))
  } else {
    try options.format.write(report, to: sink, allowsColor: options.allowsColor)
  }
  try sink.finish()
  return ReportOutcome(
    leakSites: report.siteCount(.leak), leakedDescriptors: report.liveCount(.leak),
    newLeaks: report.comparison?.newLeaks ?? 0)
}
