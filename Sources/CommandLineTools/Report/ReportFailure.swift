/// Why there is no report. `description` is one line for stderr.
public struct ReportFailure: Error, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
