/// Where a report goes.
public enum ReportOutput: Equatable, Sendable {
  case standardOutput
  case standardError
  /// Replaced as a whole by rename(2), never seen in part.
  case file(String)
}
