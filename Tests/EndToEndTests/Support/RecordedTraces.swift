import Testing

/// Traces of test programs, for what has to be true of any report.
struct RecordedTrace: Sendable, CustomTestStringConvertible {
  let fixture: String
  var arguments: [String] = []
  var testDescription: String { ([fixture] + arguments).joined(separator: " ") }

  init(_ fixture: String, _ arguments: String...) {
    (self.fixture, self.arguments) = (fixture, arguments)
  }

  /// Runs the program in `folder`, whatever its exit status; returns the path of its trace.
  func record(in folder: String) throws -> String {
    let trace = folder + "/trace.bin"
    var environment = shimEnvironment(trace: trace)
    environment["FDTRACK_SIZE"] = "8M"
    let outcome = try run(
      [try Project.fixture(fixture)] + arguments, environment: environment, folder: folder)
    guard case .exit = outcome.status else {
      throw TestFailure("\(testDescription): \(outcome.status) \(outcome.errors)")
    }
    return trace
  }
}

extension RecordedTrace {
  /// The traces that every format is held to: leaks, suspects, wrong closes, what programs
  /// keep, and one where descriptors ran out. All end by themselves, at once.
  static let quick = [
    RecordedTrace("everything", "."),
    RecordedTrace("wrong_closes"),
    RecordedTrace("passes_on"),
    RecordedTrace("spreads_duplicates"),
    RecordedTrace("limit_then_clean"),
    RecordedTrace("counted_leaks", "6", "7", "8"),
    RecordedTrace("cxx_leak", "5"),
    RecordedTrace("deep_stacks", "40"),
    RecordedTrace("cloexec_race", "fork", "other"),
    RecordedTrace("manners", "leak"),
    RecordedTrace("marks"),
    RecordedTrace("failed_setup", "bind"),
    RecordedTrace("failed_setup", "connect"),
    RecordedTrace("lost_handles", "lost_messages"),
    RecordedTrace("lost_handles", "leaking_child"),
    RecordedTrace("lost_loops", "lost_by_threads"),
    RecordedTrace("gone_peers", "read_end"),
    RecordedTrace("patterns", "rare"),
  ]
}

/// Has `fdtrack-report` write its report on a trace to a file, whose path is returned.
func writeReport(
  on trace: String, as format: String, to file: String, _ options: [String] = []
) throws -> String {
  let outcome = try run(
    [Project.reporter, "--format", format, "--output", file] + options + [trace])
  guard outcome.status == .exit(0), outcome.errors.isEmpty else {
    throw TestFailure("fdtrack-report --format \(format): \(outcome.status) \(outcome.errors)")
  }
  return file
}
