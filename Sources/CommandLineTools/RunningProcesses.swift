import Glibc
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
    let name = path.split(separator: "/").last.map(String.init) ?? path
    // Of one pid, the latest program is the one that may run.
    var latest: [Int: Int] = [:]
    for process in trace.processes where process.pid > 0 {
      latest[process.pid] = max(latest[process.pid] ?? 0, process.id)
    }
    let open = trace.processes.filter { $0.end == .none && latest[$0.pid] == $0.id }
    for process in open {
      if Self.maps(process.pid, inode: UInt64(file.st_ino), name: name)
        || (process.runsUntraced && Self.holds(process))
      {
        running.insert(process.id)
      }
    }
    guard !running.isEmpty else { return }
    for process in open where !running.contains(process.id) && Self.hasEnded(process.pid) {
      gone.insert(process.id)
    }
  }

  /// No such process, or one that only waits to be asked for its status.
  private static func hasEnded(_ pid: Int) -> Bool {
    // /proc may hide the processes of others, and kill does not.
    if let pid = pid_t(exactly: pid), kill(pid, 0) != 0, errno == ESRCH { return true }
    guard let text = contents(of: "/proc/\(pid)/stat") else { return false }
    // The name in parentheses may hold any characters.
    let state = text.split(separator: ")").last?.first { $0 != " " }
    return state == "Z" || state == "X"
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

  /// Looks for a mapping by inode and file name; device numbers differ on some file systems
  /// between stat(2) and proc_pid_maps(5).
  private static func maps(_ pid: Int, inode: UInt64, name: String) -> Bool {
    guard let text = contents(of: "/proc/\(pid)/maps") else { return false }
    return text.split(separator: "\n").contains { line in
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      return fields.count == 6 && UInt64(fields[4]) == inode
        && fields[5].split(separator: "/").last.map { $0 == name } == true
    }
  }

  private static func contents(of path: String) -> String? {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return nil }
    defer { close(fd) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    // Thousands of mappings are common, endless ones are not.
    while bytes.count < 64 << 20 {
      let count = read(fd, &block, block.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension TracedProcess {
  /// What its pid runs, if anything, never joined the trace.
  fileprivate var runsUntraced: Bool {
    flags.contains(.execPending) || (how == .spawn && !flags.contains(.attached))
  }
}
