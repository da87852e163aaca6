import Foundation

/// A terminal with a shell in it, which tmux plays, so that a program can be used as a person
/// uses it. Every wait has a deadline, and throws with what the window shows when that passes.
final class TerminalWindow {
  private let socket: String

  init(
    columns: Int = 80, rows: Int = 24, environment: [String: String] = ["LANG": "C.UTF-8"],
    folder: String
  ) throws {
    // One of its own: the server of a window before may still be ending.
    socket = folder + "/tmux.\(UInt32.random(in: 0...(.max)))"
    let variables = environment.map { "\($0.key)=\($0.value)" }
    try tmux(
      [
        "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
        "/usr/bin/env", "-i", "-C", folder, "PATH=/usr/bin:/bin", "TERM=screen", "PS1=$ ",
      ] + variables + ["/bin/bash", "--norc", "--noprofile", ";", "set", "-g", "status", "off"])
    // Without the status line there is one row more.
    try resize(columns: columns, rows: rows)
    try wait("a prompt") { $0.contains("$") }
  }

  deinit { _ = try? tmux(["kill-server"]) }

  /// Types a line into the shell or program.
  func enter(_ line: String) throws {
    try tmux(["send-keys", "-l", line])
    try press("Enter")
  }

  /// Presses keys by the names that tmux has for them, such as `q`, `Down`, `C-c`.
  func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

  func resize(columns: Int, rows: Int) throws {
    try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// What the window shows, a line for each row.
  func text(withStyle: Bool = false) throws -> String {
    try tmux(["capture-pane", "-p"] + (withStyle ? ["-e"] : []))
  }

  /// Waits until the window shows what is wanted.
  @discardableResult
  func wait(
    _ what: String, withStyle: Bool = false, until isShown: (String) -> Bool
  ) throws -> String {
    var shown = ""
    try EndToEndTests.wait(or: "no \(what) in:\n\(shown)") {
      shown = try text(withStyle: withStyle)
      return isShown(shown)
    }
    return shown
  }

  @discardableResult
  func wait(for part: String) throws -> String { try wait("\"\(part)\"") { $0.contains(part) } }

  /// On the usual screen, with a cursor.
  var isUsual: Bool {
    get throws {
      try tmux(["display-message", "-p", "#{alternate_on} #{cursor_flag}"]) == "0 1\n"
    }
  }

  /// The program that the shell waits for.
  var foreground: pid_t {
    get throws {
      let shell = try tmux(["display-message", "-p", "#{pane_pid}"]).dropLast()
      let children = try String(
        contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
      guard let pid = children.split(separator: " ").last.flatMap({ pid_t($0) }) else {
        throw TestFailure("the shell has no child")
      }
      return pid
    }
  }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let outcome = try run(["/usr/bin/tmux", "-u", "-S", socket] + arguments)
    guard outcome.status == .exit(0) else {
      throw TestFailure("tmux \(arguments): \(outcome.status) \(outcome.errors)")
    }
    return outcome.output
  }
}
