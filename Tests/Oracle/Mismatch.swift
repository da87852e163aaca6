/// Something that the trace and the log tell differently.
public struct Mismatch: CustomStringConvertible, Equatable, Sendable {
  /// Of the process; nil when it concerns all of the trace.
  public var pid: Int?
  /// Which of its programs.
  public var image: Int?
  /// `TracedProcess.id`.
  public var record: Int?
  public var fd: Int?
  /// Of the log.
  public var line: Int?
  public var text: String
  /// What the trace has of the fd.
  public var entry: String?

  public var description: String {
    var parts: [String] = []
    if let pid { parts.append("process \(pid)" + (image.map { ", image \($0)" } ?? "")) }
    if let record { parts.append("trace's process \(record)") }
    if let fd { parts.append("fd \(fd)") }
    if let line { parts.append("log line \(line)") }
    return parts.joined(separator: ", ") + (parts.isEmpty ? "" : ": ") + text
      + (entry.map { " (entry: \($0))" } ?? "")
  }
}
