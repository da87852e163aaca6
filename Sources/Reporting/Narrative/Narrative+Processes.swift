extension Narrative {
  /// One process of the tree, in the order of a walk from its roots.
  struct TreeLine: Equatable {
    /// For each level, outermost first, whether more siblings follow there. Of a
    /// deep tree only the innermost levels: a line has no room for more.
    var follows: [Bool]
    /// `Process.id`.
    var process: Int
    var text: String
  }

  /// Levels that a line of the tree tells of.
  private static let levels = 16

  /// Who started whom, how each ended, and how many descriptors each left open: the
  /// first `limit` lines, since nobody reads those of 100 000 processes.
  func processTree(atMost limit: Int) -> [TreeLine] {
    let ids = Set(report.processes.map(\.id))
    var children: [Int: [Report.Process]] = [:]
    var roots: [Report.Process] = []
    for process in report.processes {
      if let parent = process.parent, parent != process.id, ids.contains(parent) {
        children[parent, default: []].append(process)
      } else {
        roots.append(process)
      }
    }
    var seen: Set<Int> = []
    var lines: [TreeLine] = []
    // A stack and not recursion: a trace decides how deep the tree is.
    var pending: [(Report.Process, [Bool])] = roots.reversed().map { ($0, []) }
    var rest = report.processes[...]
    while lines.count < limit {
      if pending.isEmpty {
        // Parents that form a cycle have no root.
        guard let next = rest.first(where: { !seen.contains($0.id) }) else { break }
        rest = rest.drop { $0.id != next.id }
        pending.append((next, []))
      }
      guard let (process, follows) = pending.popLast(), seen.insert(process.id).inserted else {
        continue
      }
      lines.append(TreeLine(follows: follows, process: process.id, text: describe(process)))
      let next = children[process.id] ?? []
      for (index, child) in next.enumerated().reversed() {
        let levels = follows.suffix(Self.levels - 1) + [index < next.count - 1]
        pending.append((child, Array(levels)))
      }
    }
    return lines
  }

  private func describe(_ process: Report.Process) -> String {
    let command = process.argv.isEmpty ? process.exe ?? "" : process.argv.joined(separator: " ")
    var parts = [Self.how(process.how), Self.end(process)].compactMap { $0 }
    if process.openAtEnd > 0 || process.isTraced {
      let inherited = process.inherited.count { $0.fd > 2 } + process.omittedInherited
      parts.append(
        "\(Wording.count(process.openAtEnd, "fd")) open"
          + (process.endKind == "running" ? " now" : " at the end")
          + (inherited > 0 ? " (\(inherited) inherited)" : ""))
    }
    if !process.isTraced { parts.append("not traced") }
    if process.goesOnUntraced { parts.append("not traced to its end") }
    let number = process.pid > 0 ? "\(process.pid)" : "?"
    return "\(number) \(VisibleText.cut(command, to: 80)): \(parts.joined(separator: ", "))"
  }

  private static func how(_ how: String) -> String? {
    switch how {
    case "start": nil
    case "fork", "vfork": "by \(how)"
    case "spawn": "spawned"
    case "exec": "by exec"
    case "attach": "start not seen"
    default: how
    }
  }

  static func end(_ process: Report.Process) -> String {
    let code = process.endCode.map { " \($0)" } ?? ""
    switch process.endKind {
    case "exit": return "exit\(code)"
    case "signal":
      return "killed by \(process.endCode.flatMap(signalName) ?? "signal\(code)")"
    case "exec": return "went on as another program"
    case "running": return "running"
    default: return "end not seen"
    }
  }

  /// Linux's numbers, equal on x86_64 and aarch64.
  static func signalName(_ number: Int32) -> String? {
    let names = [
      "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE",
      "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT",
      "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
      "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ]
    return names.indices.contains(Int(number) - 1) ? names[Int(number) - 1] : nil
  }
}
