import Glibc
import Reporting
import TraceModel

/// Which processes of a trace still run, and which are known not to.
///
/// A pid alone proves nothing: it may belong to another program by now, or to another pid
/// namespace or machine. One that still maps the very trace file does, and so does one that
/// was not traced and has the very sockets and pipes that the trace says were left to it.
struct RunningProcesses {
  /// `TracedProcess.id`s. Processes that may not be looked at are not claimed to run.
  private(set) var running: Set<Int> = []
  /// Those whose end was not recorded and that are not there any more: they were killed.
  /// Empty when nothing of the trace runs here, as then its pids may be of elsewhere.
  private(set) var gone: Set<Int> = []

  init(of trace: Trace, path: String) {
    var file = stat()
    guard stat(path, &file) == 0 else { return }
    let (inode, name) = (UInt64(file.st_ino), path.lastComponent)
    let latest = trace.processes.latestByPID
    let open = trace.processes.filter { $0.end == .none && latest[$0.pid] == $0.id }
    for process in open {
      let mappings = (try? FileMapping.all(of: process.pid)) ?? []
      if mappings.contains(where: { $0.isRecording(inode, name: name) })
        || (process.runsUntraced && Self.holds(process))
      {
        running.insert(process.id)
      }
    }
    guard !running.isEmpty else { return }
    for process in open where !running.contains(process.id) && ProcFile.hasEnded(process.pid) {
      gone.insert(process.id)
    }
  }

  /// Has one of the sockets or pipes under the number that the trace tells: their inodes are
  /// drawn anew at each boot, and no other process gets to them.
  private static func holds(_ process: TracedProcess) -> Bool {
    process.descriptors.lazy.filter { $0.state == .open }.compactMap { descriptor in
      (descriptor.detail?.inode).map { (descriptor.fd, $0) }
    }.prefix(links).contains { fd, inode in
      guard let link = target(of: "/proc/\(process.pid)/fd/\(fd)") else { return false }
      return link == "socket:[\(inode)]" || link == "pipe:[\(inode)]"
    }
  }

  /// Links that are read of one process.
  private static let links = 256

  private static func target(of path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let size = readlink(path, &bytes, bytes.count)
    return size > 0 ? String(decoding: bytes[..<size], as: UTF8.self) : nil
  }
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
