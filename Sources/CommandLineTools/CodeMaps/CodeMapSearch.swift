import Glibc
import TraceModel

/// Finds the perf maps of a trace's processes.
///
/// A map is found by its process's number alone: so it has to be of this host, or to lie beside
/// the trace; to have been written since that process began; and to belong to who reads it, to
/// root, or to the trace's owner.
struct CodeMapSearch {
  /// By `TracedProcess.id`.
  private let processes: [Int: TracedProcess]
  private let clock: TraceClock
  /// Of the trace.
  private let owner: uid_t?
  private let folders: [String]
  /// The pids of those that run, as they are seen from here, by `TracedProcess.id`.
  private let running: [Int: Int]

  init(_ trace: Trace, path: String, running: [Int: Int]) {
    self.init(trace.processes, trace.clock, host: trace.info.host, path: path, running: running)
  }

  init(_ reading: LiveReading, path: String, running: [Int: Int]) {
    self.init(reading.processes, reading.clock, host: reading.host, path: path, running: running)
  }

  private init(
    _ processes: [TracedProcess], _ clock: TraceClock, host: String?, path: String,
    running: [Int: Int]
  ) {
    self.processes = Dictionary(processes.map { ($0.id, $0) }) { first, _ in first }
    (self.clock, self.running) = (clock, running)
    let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    // Older recorders told no host.
    let isOfHere = host.map { $0 == ThisHost.name } ?? true
    folders = [parent] + (isOfHere ? ["/tmp/"] : [])
    var status = stat()
    owner = stat(path, &status) == 0 ? status.st_uid : nil
  }

  /// Whether any process has one.
  var findsAny: Bool { processes.keys.contains { path(of: $0) != nil } }

  /// Whether nothing is added to the map of a process (`TracedProcess.id`) any more.
  func hasEnded(_ process: Int) -> Bool { processes[process]?.end != TracedProcess.End.none }

  /// A process (`TracedProcess.id`), and those whose code it has by fork, which wrote maps of their
  /// own.
  func line(of process: Int) -> some Sequence<Int> {
    sequence(first: process) { id in
      guard let process = processes[id], process.how == .fork || process.how == .vfork
      else { return nil }
      return process.parent
    }.prefix(Self.generations)
  }

  private static let generations = 64

  /// Where the map of a process (`TracedProcess.id`) is.
  func path(of process: Int) -> String? {
    guard let process = processes[process], process.pid > 0 else { return nil }
    var folders = folders
    // In a container its number is another, and here somebody else's.
    if let pid = running[process.id], pid != process.pid { folders = ["/proc/\(pid)/root/tmp/"] }
    return folders.lazy.map { $0 + "perf-\(process.pid).map" }.first { path in
      open(path, of: process).map { close($0) } != nil
    }
  }

  /// A descriptor of the map that was found at `path`.
  func open(_ path: String, of process: Int) -> Int32? {
    processes[process].flatMap { open(path, of: $0) }
  }

  private func open(_ path: String, of process: TracedProcess) -> Int32? {
    let fd = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
    guard fd >= 0 else { return nil }
    guard isMap(fd, of: process) else {
      close(fd)
      return nil
    }
    return fd
  }

  private func isMap(_ fd: Int32, of process: TracedProcess) -> Bool {
    var status = stat()
    guard fstat(fd, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid() || status.st_uid == 0 || status.st_uid == owner
    else { return false }
    guard let began = realtime(process.startTicks) else { return true }
    // File systems may count whole seconds; and they keep whatever time they were told.
    return UInt64(clamping: status.st_mtim.tv_sec) >= began / 1_000_000_000
  }

  private func realtime(_ ticks: UInt64) -> UInt64? {
    guard let origin = clock.originRealtimeNs, let since = clock.nanoseconds(at: ticks)
    else { return nil }
    return origin.addingReportingOverflow(since).partialValue
  }
}
