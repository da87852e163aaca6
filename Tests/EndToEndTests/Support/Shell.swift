import Foundation

/// Runs a script of the shell that has to succeed; the project is `$root`.
/// - Returns: what it printed on standard output.
@discardableResult
func shell(
  _ script: String, in folder: String = "/", environment: [String: String] = [:],
  patience: TimeInterval = Launched.patience
) throws -> String {
  var environment = environment
  environment["root"] = Project.root
  let outcome = try run(
    ["/bin/bash", "-euo", "pipefail", "-c", script], environment: environment, folder: folder,
    patience: patience)
  guard outcome.status == .exit(0) else {
    throw TestFailure("\(script): \(outcome.status)\n\(outcome.output)\n\(outcome.errors)")
  }
  return outcome.output
}

/// Copies a program that is to be run. By a process of its own: were it written to here, a
/// process that another test starts just then would have it open for writing for a moment,
/// and to run it would fail with ETXTBSY.
func copyProgram(_ program: String, to path: String) throws {
  let outcome = try run(["/bin/cp", program, path])
  guard outcome.status == .exit(0) else { throw TestFailure(outcome.errors) }
}
