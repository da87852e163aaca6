import Foundation
import Testing

/// Runs inherit_parent and its helper under the shim. `look` runs while the parent is gone and
/// the helper still there; the helper ends afterwards. `manner` is the parent's: `keep`,
/// `cloexec` or `killed`.
func withHelperProgram(
  _ way: String, helper program: String, parent manner: String,
  _ look: (_ trace: String, _ port: Int, _ helper: Int) throws -> Void
) throws {
  try withScratch { folder in
    let gate = folder + "/gate"
    try #require(mkfifo(gate, 0o600) == 0)
    let parent = try launchTracked(
      "inherit_parent",
      [
        way, manner, try Project.fixture(program), gate,
      ], in: folder)
    let port = try #require(Int(try parent.readLine(after: "listening ")))
    let helper = try #require(Int(try parent.readLine(after: "child ")))
    #expect(try parent.wait().status == (manner == "killed" ? .signal(SIGKILL) : .exit(0)))
    try waitUntilWaiting(pid: helper)
    try look(folder + "/trace.bin", port, helper)

    let opened = open(gate, O_WRONLY | O_CLOEXEC)
    try #require(opened >= 0)
    close(opened)
    try waitUntilGone(pid: helper)
  }
}

/// Waits until the helper sleeps in its open of the gate.
private func waitUntilWaiting(pid: Int) throws {
  try wait(or: "\(pid) does not wait: \(proc("\(pid)/stat"))") { state(of: pid) == "S" }
}

private func waitUntilGone(pid: Int) throws {
  try wait(or: "\(pid) does not end") { hasEnded(pid: pid) }
}

/// Whether the process has ended, be its parent told yet or not.
func hasEnded(pid: Int) -> Bool { ["Z", nil].contains(state(of: pid)) }

/// The letter that proc_pid_stat(5) has for what the process does; nil where there is none.
private func state(of pid: Int) -> Character? {
  proc("\(pid)/stat").split(separator: ")").last?.first { $0 != " " }
}
