extension Report {
  /// The sites whose stack holds, at `depth` of `stack` counted from the
  /// innermost frame, the line of `fixture` that `marker` marks.
  func sites(at marker: String, in fixture: String, depth: Int = 0) throws -> [Site] {
    let line = try Project.line(of: marker, in: fixture)
    return sites.filter { site in
      site.stack.count > depth && site.stack[depth].isAt(line, of: fixture)
    }
  }

  /// The only such site.
  func site(at marker: String, in fixture: String, depth: Int = 0) throws -> Site {
    let found = try sites(at: marker, in: fixture, depth: depth)
    guard found.count == 1, let site = found.first else {
      let stacks = sites.map { $0.stack.map(\.description).joined(separator: " < ") }
      throw TestFailure(
        "\(found.count) sites at \"\(marker)\" of \(fixture) among:\n"
          + stacks.joined(separator: "\n"))
    }
    return site
  }

  /// What was lost, but for the ends of stacks: those of libraries' constructors end in the
  /// dynamic linker's start code, which has no unwind information.
  var lost: [String: UInt64] { trace.losses.filter { $0.key != "stacks_broken" } }

  func sites(of verdict: String) -> [Site] { sites.filter { $0.verdict == verdict } }

  /// The program that a pid ended as: the last one that it executed.
  func process(pid: Int) throws -> Process {
    guard let process = processes.last(where: { $0.pid == pid }) else {
      throw TestFailure("no process \(pid) among \(processes.map(\.pid))")
    }
    return process
  }

  func process(id: Int?) throws -> Process {
    guard let process = processes.first(where: { $0.id == id }) else {
      throw TestFailure("no process of id \(id ?? -1)")
    }
    return process
  }

  /// How a process came to be, from the first program of the tree to itself.
  func descent(of process: Process) throws -> [String] {
    var hows = [process.how]
    var current = process
    while let parent = current.parent {
      guard hows.count <= processes.count else { throw TestFailure("a circle of parents") }
      current = try self.process(id: parent)
      hows.insert(current.how, at: 0)
    }
    return hows
  }
}

extension Report.Frame: CustomStringConvertible {
  func isAt(_ line: Int, of fixture: String) -> Bool {
    self.line == line && (file ?? "").hasSuffix("/" + fixture)
  }

  var description: String { "\(function ?? "?")@\(file ?? module ?? "?"):\(line ?? 0)" }
}

extension Report.Site {
  /// The names of its frames, innermost first.
  var functions: [String] { stack.map { $0.function ?? "?" } }
}
