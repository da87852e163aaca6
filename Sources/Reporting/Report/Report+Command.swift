extension [Report.Process] {
  /// What people asked about: the process that all began with, as the last program that it went on
  /// as; of one whose work is to start another, what it started last.
  var command: Report.Process? {
    guard var last = first else { return nil }
    var launcher: Int?
    for process in dropFirst() where process.parent != nil {
      let isNext = process.parent == last.id && (process.how == "exec" || last.isLauncher)
      guard isNext || process.parent == launcher else { continue }
      if process.parent == last.id && process.how != "exec" { launcher = last.id }
      last = process
    }
    return last
  }

  /// The trace does not tell what the command opened.
  var isCommandUnseen: Bool {
    command.map { !$0.wasTracedToItsEnd || $0.isUnseenForDirectCalls } ?? false
  }
}

extension Report.Process {
  var wasTracedToItsEnd: Bool { isTraced && !goesOnUntraced }

  /// It has code of Go, and nobody asked the kernel what that left.
  var isUnseenForDirectCalls: Bool { callsDirectly && isToldByRecordAlone }

  /// Whether its program starts another one as a child, as which people would name what they run:
  /// under another user, for a time, in another session.
  fileprivate var isLauncher: Bool {
    (exe ?? argv.first).map { Self.launchers.contains(String($0.lastComponent)) } ?? false
  }

  private static let launchers: Set<String> = [
    "dbus-run-session", "doas", "dumb-init", "flock", "runuser", "script", "setsid",
    "start-stop-daemon", "su", "sudo", "time", "timeout", "tini", "unshare",
  ]
}
