import Glibc
import TraceModel

/// Which processes of a trace still run.
///
/// A pid alone proves nothing: it may belong to another program by now, or to another pid
/// namespace or machine. One that still maps the very trace file does.
enum RunningProcesses {
  /// Returns `TracedProcess.id`s. Processes whose `/proc/PID/maps` may not be read are not
  /// claimed to run.
  static func of(_ trace: Trace, path: String) -> Set<Int> {
    var file = stat()
    guard stat(path, &file) == 0 else { return [] }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var running: Set<Int> = []
    // Of one pid, the latest program is the one that may run.
    var latest: [Int: Int] = [:]
    for process in trace.processes where process.pid > 0 {
      latest[process.pid] = max(latest[process.pid] ?? 0, process.id)
    }
    for process in trace.processes
    where process.end == .none && latest[process.pid] == process.id {
      if maps(process.pid, inode: UInt64(file.st_ino), name: name) { running.insert(process.id) }
    }
    return running
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
