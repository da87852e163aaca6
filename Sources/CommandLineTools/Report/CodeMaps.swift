import Glibc
import Symbolication
import TraceModel

/// Finds the perf maps of a trace's processes, and what they say of code that runtimes made.
///
/// A map is found by its process's number alone: so it has to be of this host, or to lie beside
/// the trace; to have been written since that process began; and to belong to who reads it, to
/// root, or to the trace's owner.
struct CodeMaps {
  private let processes: [TracedProcess]
  private let clock: TraceClock
  /// Of the trace.
  private let owner: uid_t?
  private let folders: [String]
  /// The pids of those that run, as they are seen from here, by `TracedProcess.id`.
  private let running: [Int: Int]
  /// Of those that came by fork, by `TracedProcess.id`.
  private let parents: [Int: Int]

  /// Finds what functions are where, and has the stacks of each process lead through its own.
  static func nameGeneratedCode(
    of trace: inout Trace, path: String, running: [Int: Int]
  ) -> GeneratedCode {
    let found = CodeMaps(trace, path: path, running: running).names(in: trace)
    trace.nameGeneratedCode(found.numbers)
    return found.code
  }

  private init(_ trace: Trace, path: String, running: [Int: Int]) {
    (processes, clock, self.running) = (trace.processes, trace.clock, running)
    let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    // Older recorders told no host.
    let isOfHere = trace.info.host.map { $0 == ThisHost.name } ?? true
    folders = [parent] + (isOfHere ? ["/tmp/"] : [])
    parents = Dictionary(
      trace.processes.lazy.filter { $0.how == .fork || $0.how == .vfork }.compactMap { process in
        process.parent.map { (process.id, $0) }
      }
    ) { first, _ in first }
    var status = stat()
    owner = stat(path, &status) == 0 ? status.st_uid : nil
  }

  // MARK: Finding them

  private func path(of process: TracedProcess) -> String? {
    guard process.pid > 0 else { return nil }
    var folders = folders
    // In a container its number is another, and here somebody else's.
    if let pid = running[process.id], pid != process.pid { folders = ["/proc/\(pid)/root/tmp/"] }
    return folders.lazy.map { $0 + "perf-\(process.pid).map" }.first { path in
      open(path, of: process).map { close($0) } != nil
    }
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
    let written = UInt64(clamping: status.st_mtim.tv_sec) * 1_000_000_000
    // File systems may count whole seconds.
    return written + 999_999_999 >= began
  }

  private func realtime(_ ticks: UInt64) -> UInt64? {
    guard let origin = clock.originRealtimeNs, let since = clock.nanoseconds(at: ticks)
    else { return nil }
    return origin.addingReportingOverflow(since).partialValue
  }

  // MARK: Reading them

  private struct Map {
    var path: String
    var process: TracedProcess
    /// Of the addresses that were asked for.
    var entries: [UInt64: PerfMap.Entry] = [:]
  }

  /// The names, and which process (`TracedProcess.id`) has which of them where.
  private func names(in trace: Trace) -> (code: GeneratedCode, numbers: [Int: [UInt64: Int]]) {
    var maps = maps
    guard !maps.isEmpty else { return (.none, [:]) }
    let wanted = trace.addressesOfGeneratedCode()
    read(&maps, for: wanted)
    var places: [GeneratedCode.Place] = []
    var numbers: [GeneratedCode.Place: Int] = [:]
    var numbersOfProcesses: [Int: [UInt64: Int]] = [:]
    for (process, addresses) in wanted.sorted(by: { $0.key < $1.key }) {
      for address in addresses.sorted() {
        let entry = line(of: process).lazy.compactMap { maps[$0]?.entries[address] }.first
        guard case .function(let frame)? = entry else { continue }
        let place = GeneratedCode.Place(address: address, frame: frame)
        let number = numbers[place] ?? places.count
        if number == places.count {
          numbers[place] = number
          places.append(place)
        }
        numbersOfProcesses[process, default: [:]][address] = number
      }
    }
    let used = Set(maps.values.lazy.filter { !$0.entries.isEmpty }.map(\.path))
    return (GeneratedCode(places: places, maps: used.sorted()), numbersOfProcesses)
  }

  /// By `TracedProcess.id`.
  private var maps: [Int: Map] {
    var maps: [Int: Map] = [:]
    for process in processes where maps.count < Self.mapLimit {
      if let path = path(of: process) { maps[process.id] = Map(path: path, process: process) }
    }
    return maps
  }

  /// Reads what they have for processes, and those that are forks of them.
  private func read(_ maps: inout [Int: Map], for wanted: [Int: Set<UInt64>]) {
    var addresses: [Int: Set<UInt64>] = [:]
    for (process, own) in wanted {
      for ancestor in line(of: process) where maps[ancestor] != nil {
        addresses[ancestor, default: []].formUnion(own)
      }
    }
    var room = Self.room
    for (id, wanted) in addresses.sorted(by: { $0.key < $1.key }) {
      guard let map = maps[id] else { continue }
      maps[id]?.entries = entries(of: wanted, in: map, &room)
    }
  }

  /// A process, and those whose code it has by fork, which wrote maps of their own.
  private func line(of process: Int) -> some Sequence<Int> {
    sequence(first: process) { parents[$0] }.prefix(Self.generations)
  }

  /// What cannot be read, or not to its end, names nothing.
  private func entries(
    of addresses: Set<UInt64>, in map: Map, _ room: inout Int
  ) -> [UInt64: PerfMap.Entry] {
    guard let fd = open(map.path, of: map.process) else { return [:] }
    defer { close(fd) }
    var names = PerfMap(wanted: addresses)
    do throws(ReadFailure) {
      while case let chunk = try InputFile.chunk(fd), !chunk.isEmpty {
        room -= chunk.count
        guard room >= 0 else { return [:] }
        names.read(chunk)
      }
    } catch {
      return [:]
    }
    return names.entries
  }

  /// Bytes that are read of all maps: somebody may have made them to be endless.
  private static let room = 1 << 29
  private static let mapLimit = 4096
  private static let generations = 64
}
