extension Narrative {
  /// One process of the tree, in the order of a walk from its roots, or several alike.
  struct TreeLine: Equatable {
    /// For each level, outermost first, whether more siblings follow there. Of a
    /// deep tree only the outermost levels: a line has no room for more.
    var follows: [Bool]
    /// How many levels there are.
    var depth: Int
    /// `Process.id`, of the first.
    var process: Int
    /// The processes that it tells of.
    var count = 1
    var text: String
  }

  /// Levels that a line of the tree tells of.
  private static let levels = 16

  /// Who started whom, how each ended, and how many descriptors each left open: the
  /// first `limit` lines, since nobody reads those of 100 000 processes.
  /// - Parameter folds: three siblings and more that differ in their pids alone, as does what they
  ///   started, are one line.
  func processTree(atMost limit: Int, folds: Bool = false) -> [TreeLine] {
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
    var pending = roots.reversed().map { Branch(processes: [$0]) }
    var rest = report.processes[...]
    while lines.count < limit {
      if pending.isEmpty {
        // Parents that form a cycle have no root.
        guard let next = rest.first(where: { !seen.contains($0.id) }) else { break }
        rest = rest.drop { $0.id != next.id }
        pending.append(Branch(processes: [next]))
      }
      guard let branch = pending.popLast(), let process = branch.processes.first,
        seen.insert(process.id).inserted
      else { continue }
      for alike in branch.processes.dropFirst() {
        var room = FoldedTree.most
        seen.formUnion(FoldedTree.processes(from: alike, children, room: &room)?.map(\.id) ?? [])
      }
      lines.append(
        TreeLine(
          follows: branch.follows, depth: branch.depth, process: process.id,
          count: branch.processes.count * branch.times, text: describe(branch)))
      let next = children[process.id] ?? []
      let rows = folds ? alike(next, children) : next.map { [$0] }
      for (index, row) in rows.enumerated().reversed() {
        pending.append(branch.below(row, isLast: index == rows.count - 1))
      }
    }
    return lines
  }

  /// A line that is still to come, and what is below it.
  private struct Branch {
    /// Of more than one, what the first started stands for what each did.
    var processes: [Report.Process]
    /// How often it is there, below such a line.
    var times = 1
    var follows: [Bool] = []
    var depth = 0

    func below(_ processes: [Report.Process], isLast: Bool) -> Branch {
      Branch(
        processes: processes, times: times * self.processes.count,
        follows: depth < Narrative.levels ? follows + [!isLast] : follows, depth: depth + 1)
    }
  }

  /// Siblings, those together that read the same with all that they started, in the place of the
  /// first of them.
  private func alike(
    _ siblings: [Report.Process], _ children: [Int: [Report.Process]]
  ) -> [[Report.Process]] {
    var rows: [[Report.Process]] = []
    var places: [[String]: Int] = [:]
    for process in siblings {
      var room = FoldedTree.most
      let texts = FoldedTree.processes(from: process, children, room: &room)?.map {
        "\($0.depth) \(describe($0.process))"
      }
      if let texts, let place = places[texts] {
        rows[place].append(process)
      } else {
        if let texts { places[texts] = rows.count }
        rows.append([process])
      }
    }
    // Two are as many lines as they would be, and stay where they stand.
    let folded = rows.filter { $0.count > 2 }
    let members = Set(folded.lazy.joined().map(\.id))
    let firsts = Dictionary(folded.map { ($0[0].id, $0) }) { first, _ in first }
    return siblings.compactMap { firsts[$0.id] ?? (members.contains($0.id) ? nil : [$0]) }
  }

  /// `8877 make -j: exit 0, 2 fds open at the end`,
  /// `25 times echo x: by fork, exit 0 (pids 8877-8901)`, and below such a line
  /// `in each, 2 times: echo x: by fork, exit 0`
  private func describe(_ branch: Branch) -> String {
    let processes = branch.processes
    guard let first = processes.first else { return "" }
    if branch.times > 1 {
      let times = processes.count > 1 ? ", \(processes.count) times" : ""
      return "in each\(times): \(describe(first))"
    }
    guard processes.count > 1 else {
      return "\(first.pid > 0 ? "\(first.pid)" : "?") \(describe(first))"
    }
    let pids = processes.map(\.pid).filter { $0 > 0 }
    let numbers = pids.isEmpty ? "" : " (pids \(Self.ranges(pids)))"
    return "\(processes.count) times \(describe(first))\(numbers)"
  }

  private func describe(_ process: Report.Process) -> String {
    let command = process.command ?? ""
    var parts = [Self.how(process.how), Self.end(process)].compactMap { $0 }
    if process.openAtEnd > 0 || process.isTraced {
      let inherited = process.inherited.count { $0.fd > 2 } + process.omittedInherited
      let whose = [
        inherited > 0 ? "\(inherited) inherited" : nil,
        process.redirectedStreams > 0 ? "\(process.redirectedStreams) as 0-2" : nil,
      ].compactMap(\.self)
      parts.append(
        "\(atLeast)\(Wording.count(process.openAtEnd, "fd")) open"
          + " \(Self.when(process))"
          + (whose.isEmpty ? "" : " (\(whose.joined(separator: ", ")))"))
    }
    if !process.isTraced { parts.append("not traced") }
    if process.goesOnUntraced {
      if process.endKind != "exec", let next = process.nextProgram {
        parts.append("after it went on as \(next)")
      }
      parts.append("not traced to its end")
    }
    return "\(VisibleText.cut(command, to: 80)): \(parts.joined(separator: ", "))"
  }

  /// Of what moment its counts are.
  static func when(_ process: Report.Process) -> String {
    let moment =
      process.endKind == "running" ? "now" : process.mayRun ? "when last written" : "at the end"
    return process.isToldByRecordAlone ? "\(moment), as recorded" : moment
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
    case "exec": return "went on as \(process.nextProgram ?? "another program")"
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
