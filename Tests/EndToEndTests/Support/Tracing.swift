import Foundation

/// The environment of a user who types `LD_PRELOAD=libfdtrack.so ./program`.
func shimEnvironment(trace: String) -> [String: String] {
  ["LD_PRELOAD": Project.shim, "FDTRACK_OUT": trace]
}

/// Runs a test program under the shim to its end and reads its report.
/// - Returns: how it ended, and the report of its trace.
func track(
  _ fixture: String, _ arguments: [String] = [], in folder: String, input: String = "",
  reportOptions: [String] = []
) throws -> (outcome: Outcome, report: Report) {
  let trace = folder + "/trace.bin"
  let outcome = try run(
    [try Project.fixture(fixture)] + arguments, environment: shimEnvironment(trace: trace),
    folder: folder, input: input)
  return (outcome, try report(on: trace, reportOptions))
}

/// Starts a test program under the shim.
func launchTracked(
  _ fixture: String, _ arguments: [String] = [], in folder: String
) throws -> Launched {
  try Launched(
    [try Project.fixture(fixture)] + arguments,
    environment: shimEnvironment(trace: folder + "/trace.bin"), folder: folder)
}

/// What fdtrack-report says in JSON about a trace that it has to accept.
func report(on trace: String, _ options: [String] = []) throws -> Report {
  let outcome = try run([Project.reporter, "--format", "json"] + options + [trace])
  guard outcome.status == .exit(0), outcome.errors.isEmpty else {
    throw TestFailure("fdtrack-report: \(outcome.status) \(outcome.errors)")
  }
  return try Report(json: outcome.output)
}
