import Foundation

/// A terminal of its own, of tmux(1), that a shell command runs in. It ends with this value.
final class TerminalScreen {
  private let socket: String

  /// - Parameter folder: where its socket is made.
  init(
    _ command: String, environment: [String: String] = [:], columns: Int, rows: Int = 24,
    in folder: String
  ) throws {
    // One of its own: the server of a screen before may still be ending.
    socket = folder + "/tmux.\(UInt32.random(in: 0...(.max)))"
    // What it says at the end stays on the screen.
    let outcome = try run(
      [
        "/usr/bin/tmux", "-S", socket, "-f", "/dev/null", "-u", "new-session", "-d", "-x",
        "\(columns)", "-y", "\(rows)", "\(command); sleep 1000",
        ";", "set", "-g", "status", "off",
      ], environment: environment.merging(["SHELL": "/bin/sh"]) { $1 }, folder: folder)
    guard outcome.status == .exit(0) else { throw TestFailure("tmux: \(outcome.errors)") }
    // Without the status line there is one more.
    try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  deinit { _ = try? tmux(["kill-server"]) }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let outcome = try run(["/usr/bin/tmux", "-S", socket] + arguments)
    guard outcome.status == .exit(0) else { throw TestFailure("tmux: \(outcome.errors)") }
    return outcome.output
  }

  /// The lines on the screen once `isReady` holds of them, without spaces at their ends.
  /// - Parameter styled: with the escape sequences of colours.
  func lines(styled: Bool = false, when isReady: ([String]) -> Bool) throws -> [String] {
    let deadline = Date() + Launched.patience
    while true {
      let text = try tmux(["capture-pane", "-p"] + (styled ? ["-e"] : []))
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map(String.init)
      if isReady(lines) { return lines }
      guard Date() < deadline else { throw TestFailure("tmux shows \(text)") }
      usleep(20_000)
    }
  }
}
