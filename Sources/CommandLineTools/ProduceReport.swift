/// What a report is asked for.
public struct ReportOptions: Equatable, Sendable {
  public var format: ReportFormat
  /// Sites with fewer open descriptors are left out.
  public var minimumCount: Int
  /// Pid of the only process to report on; nil for all.
  public var process: Int?
  /// Report every open site, also those that closed everything.
  public var includesAll: Bool
  /// Colour is used on a terminal only, and never against NO_COLOR.
  public var allowsColor: Bool

  public init(
    format: ReportFormat = .text, minimumCount: Int = 1, process: Int? = nil,
    includesAll: Bool = false, allowsColor: Bool = true
  ) {
    self.format = format
    self.minimumCount = minimumCount
    self.process = process
    self.includesAll = includesAll
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

  public init(leakSites: Int, leakedDescriptors: Int) {
    self.leakSites = leakSites
    self.leakedDescriptors = leakedDescriptors
  }

  public var hasLeak: Bool { leakSites > 0 }
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
) throws -> ReportOutcome {
  throw ReportFailure("\(path): reports are not assembled yet")
}
