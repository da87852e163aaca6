import TraceModel

/// Which processes of a trace still run, and which are known not to.
///
/// A pid alone proves nothing: it may belong to another program by now, or to another pid
/// namespace or machine. One that still maps the very trace file does, and so does one that
/// was not traced and has the very sockets and pipes that the trace says were left to it.
struct RunningProcesses {
  /// Their pids as they are seen from here, by `TracedProcess.id`. Processes that may not be
  /// looked at are not claimed to run.
  private(set) var pids: [Int: Int] = [:]
  /// Those whose end was not recorded and that are not there any more: they were killed.
  /// Empty when nothing runs under the trace's pids here, as then these may be of elsewhere.
  private(set) var gone: Set<Int> = []

  /// `TracedProcess.id`s.
  var running: Set<Int> { Set(pids.keys) }

  init(of trace: Trace, path: String) {
    guard let file = MappedTrace(path: path) else { return }
    let latest = trace.processes.latestByPID
    let open = trace.processes.filter { $0.end == .none && latest[$0.pid] == $0.id }
    for process in open
    where file.isWritten(by: process.pid) || (process.runsUntraced && Self.holds(process)) {
      pids[process.id] = process.pid
    }
    let areOfHere = !pids.isEmpty
    findInContainers(open.filter { pids[$0.id] == nil }, file)
    guard areOfHere else { return }
    for process in open where pids[process.id] == nil && ProcFile.hasEnded(process.pid) {
      gone.insert(process.id)
    }
  }

  /// Processes of other pid namespaces, which the trace knows by the pids that they have there.
  private mutating func findInContainers(_ wanted: [TracedProcess], _ file: MappedTrace) {
    let ids = Dictionary(wanted.map { ($0.pid, $0.id) }) { first, _ in first }
    guard !ids.isEmpty else { return }
    for pid in ProcFile.pids {
      let own = ProcFile.innermostPID(pid)
      guard own != pid, let id = ids[own], file.isWritten(by: pid) else { continue }
      pids[id] = pid
    }
  }

  /// Has one of the sockets or pipes under the number that the trace tells: their inodes are
  /// drawn anew at each boot, and no other process gets to them.
  private static func holds(_ process: TracedProcess) -> Bool {
    process.descriptors.lazy.filter { $0.state == .open }.compactMap { descriptor in
      (descriptor.detail?.inode).map { (descriptor.fd, $0) }
    }.prefix(links).contains { fd, inode in
      guard let link = ProcFile.link("/proc/\(process.pid)/fd/\(fd)") else { return false }
      return link == "socket:[\(inode)]" || link == "pipe:[\(inode)]"
    }
  }

  /// Links that are read of one process.
  private static let links = 256
}

extension [TracedProcess] {
  /// The `id` of the latest program of each pid: the one that may run.
  var latestByPID: [Int: Int] {
    var latest: [Int: Int] = [:]
    for process in self where process.pid > 0 {
      latest[process.pid] = Swift.max(latest[process.pid] ?? 0, process.id)
    }
    return latest
  }
}

extension TracedProcess {
  /// What its pid runs, if anything, never joined the trace.
  var runsUntraced: Bool {
    flags.contains(.execPending) || (how == .spawn && !flags.contains(.attached))
  }
}
