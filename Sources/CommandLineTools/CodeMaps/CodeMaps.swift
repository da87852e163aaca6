import Glibc
import Symbolication
import TraceModel

/// What the perf maps of a trace's processes say of code that runtimes made; asked once, or again
/// and again while the maps grow.
struct CodeMaps {
  /// All functions that were named so far.
  private(set) var code = GeneratedCode.none
  /// Which process (`TracedProcess.id`) has which of them where.
  private(set) var numbers: [Int: [UInt64: Int]] = [:]
  /// By `TracedProcess.id`.
  private var files: [Int: CodeMapFile] = [:]

  /// Bytes that are read of all maps for a report: somebody may have made them to be endless.
  private static let room = 1 << 29
  private static let mapLimit = 4096

  /// Finds what functions are where, and has the stacks of each process lead through its own.
  static func nameGeneratedCode(
    of trace: inout Trace, path: String, running: [Int: Int]
  ) -> GeneratedCode {
    let search = CodeMapSearch(trace, path: path, running: running)
    guard search.findsAny else { return .none }
    var maps = CodeMaps()
    maps.look(up: trace.addressesOfGeneratedCode(), search, room: Self.room)
    trace.nameGeneratedCode(maps.numbers)
    return maps.code
  }

  /// Finds what functions are at addresses, by processes: reads on in maps, `room` bytes at most.
  mutating func look(up wanted: [Int: Set<UInt64>], _ search: CodeMapSearch, room: Int) {
    read(for: wanted, search, room: room)
    numbers = [:]
    for (process, addresses) in wanted.sorted(by: { $0.key < $1.key }) {
      let line = search.line(of: process).compactMap { files[$0] }
      guard !line.isEmpty else { continue }
      for address in addresses.sorted() {
        guard let frame = frame(at: address, by: line),
          let number = code.number(of: .init(address: address, frame: frame))
        else { continue }
        numbers[process, default: [:]][address] = number
      }
    }
    code.maps = Set(files.values.lazy.filter(\.namesAny).map(\.path)).sorted()
  }

  /// `line` are the maps of a process and of those that it was forked from.
  private func frame(at address: UInt64, by line: [CodeMapFile]) -> SourceFrame? {
    for file in line {
      guard file.isRead(for: address) else { return nil }
      guard let entry = file.entry(at: address) else { continue }
      if case .function(let frame) = entry { return frame }
      return nil
    }
    return nil
  }

  /// Reads what maps have for processes, and those that are forks of them: those first of which the
  /// least was read so far, as one may be endless.
  private mutating func read(
    for wanted: [Int: Set<UInt64>], _ search: CodeMapSearch, room: Int
  ) {
    var paths: [Int: String?] = [:]
    var addresses: [Int: Set<UInt64>] = [:]
    for (process, own) in wanted.sorted(by: { $0.key < $1.key }) {
      for id in search.line(of: process) {
        // Nothing is added to that one any more, and its place may be another's by now.
        if search.hasEnded(id), files[id]?.isRead(for: own) == true { continue }
        let path = paths[id] ?? search.path(of: id)
        paths[id] = .some(path)
        if path != nil {
          addresses[id, default: []].formUnion(own)
        } else if files[id]?.isRead == false {
          files[id] = nil
        }
      }
    }
    var room = room
    for id in addresses.keys.sorted(by: { (read(of: $0), $0) < (read(of: $1), $1) }) {
      guard let path = paths[id] ?? nil, let own = addresses[id],
        files[id] != nil || files.count < Self.mapLimit,
        let fd = search.open(path, of: id)
      else { continue }
      defer { close(fd) }
      files[id, default: CodeMapFile()].read(fd, path: path, for: own, &room)
    }
  }

  private func read(of process: Int) -> Int { files[process]?.bytesRead ?? 0 }
}
