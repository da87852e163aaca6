import Glibc
import Symbolication
import SystemPackage
import Testing

@testable import CommandLineTools
@testable import TraceModel

@Suite("Perf maps of processes that run") struct CodeMapsTests {
  private let folder: TemporaryFolder
  private var reading = LiveReading()
  private var maps = CodeMaps()

  /// 1 has the forks 2 and 3, and 2 went on as 4.
  init() throws {
    folder = try TemporaryFolder()
    reading.host = "elsewhere"
    reading.processes = [(1, 70, nil), (2, 71, 1), (3, 72, 1), (4, 71, 2)].map { id, pid, parent in
      var process = TracedProcess(id: id)
      (process.pid, process.parent) = (pid, parent)
      process.how = id == 4 ? .exec : parent == nil ? .attach : .fork
      return process
    }
  }

  private func write(_ pid: Int, _ text: String) throws {
    _ = try folder.write("perf-\(pid).map", text)
  }

  private mutating func look(_ wanted: [Int: Set<UInt64>], room: Int = 1 << 20) {
    maps.look(
      up: wanted,
      CodeMapSearch(reading, path: folder.path.appending("trace.bin").string, running: [:]),
      room: room)
  }

  private func name(_ process: Int, _ address: UInt64) -> String? {
    maps.numbers[process]?[address].flatMap { maps.code.place($0)?.frame.function }
  }

  @Test("A process has its own names, and those of who it was forked from, but not over an exec")
  mutating func own() throws {
    try write(70, "10 10 parent\n20 10 both\n")
    try write(72, "20 10 child\n")
    let wanted: Set<UInt64> = [0x10, 0x20, 0x30]
    look([1: wanted, 2: wanted, 3: wanted, 4: wanted])
    #expect(name(1, 0x10) == "parent" && name(1, 0x20) == "both" && name(1, 0x30) == nil)
    #expect(name(2, 0x10) == "parent" && name(2, 0x20) == "both")
    #expect(name(3, 0x10) == "parent" && name(3, 0x20) == "child")
    #expect(maps.numbers[4] == nil && maps.numbers[1]?[0x20] != maps.numbers[3]?[0x20])
    #expect(maps.numbers[1]?[0x20] == maps.numbers[2]?[0x20])
    #expect(maps.code.maps == [70, 72].map { folder.path.appending("perf-\($0).map").string })
  }

  @Test("Functions keep their numbers while maps grow, but for places that were made anew")
  mutating func follows() throws {
    try write(70, "10 10 one\n")
    look([1: [0x10, 0x20]])
    let number = maps.numbers[1]?[0x10]
    #expect(number != nil && name(1, 0x20) == nil)
    try write(70, "10 10 one\n30 10 three\n20 10 two\n")
    look([1: [0x10, 0x20, 0x30]])
    #expect(maps.numbers[1]?[0x10] == number && name(1, 0x20) == "two" && name(1, 0x30) == "three")
    try write(70, "10 10 one\n30 10 three\n20 10 two\n18 10 other\n")
    look([1: [0x20]])
    #expect(name(1, 0x20) == nil && maps.numbers[1] == nil, "nothing tells which was meant")
  }

  @Test("Until a child's own map was read to its end, it has no names of its parent")
  mutating func partial() throws {
    try write(70, "10 10 parent\n")
    try write(72, "80 10 something else\n10 10 child\n")
    look([3: [0x10]], room: 20)
    #expect(name(3, 0x10) == nil)
    look([3: [0x10]], room: 20)
    look([3: [0x10]], room: 20)
    #expect(name(3, 0x10) == "child")
  }

  @Test("An endless map does not keep others from being read")
  mutating func endless() throws {
    try write(70, "")
    try #require(truncate(folder.path.appending("perf-70.map").string, 1 << 32) == 0)
    reading.processes[2].how = .attach
    try write(72, "10 10 child\n")
    for _ in 0..<3 { look([1: [0x10], 3: [0x10]], room: 1 << 16) }
    #expect(name(3, 0x10) == "child" && name(1, 0x10) == nil)
  }

  @Test("What was read of a map stays known without it, and a process that has ended has no other")
  mutating func ended() throws {
    try write(70, "10 10 one\n")
    look([1: [0x10]])
    let path = folder.path.appending("perf-70.map").string
    #expect(unlink(path) == 0)
    look([1: [0x10]])
    #expect(name(1, 0x10) == "one")
    reading.processes[0].end = .exit(status: 0)
    try write(70, "10 10 another's\n")
    look([1: [0x10]])
    #expect(name(1, 0x10) == "one")
  }

  @Test("A map from before its process names nothing; one from after all that can be counted does")
  mutating func written() throws {
    reading.clock.originRealtimeNs = 1_700_000_000_500_000_000
    reading.clock.scale = .init(nanoseconds: 1, ticks: 1)
    let file = FilePath("/dev/shm/perf-\(getpid()).map")
    let descriptor = try FileDescriptor.open(
      file, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
      permissions: .ownerReadWrite)
    defer { _ = unlink(file.string) }
    try descriptor.closeAfter { _ = try descriptor.writeAll(Array("10 10 one\n".utf8)) }
    reading.processes[0].pid = Int(getpid())
    for (seconds, isNamed) in [
      (-1, false), (1_699_999_999, false), (1_700_000_000, true), (18_446_744_073, true),
      (20_000_000_000, true), (1 << 40, true),
    ] {
      let time = timespec(tv_sec: seconds, tv_nsec: 0)
      try #require(utimensat(AT_FDCWD, file.string, [time, time], 0) == 0)
      var maps = CodeMaps()
      maps.look(
        up: [1: [0x10]], CodeMapSearch(reading, path: "/dev/shm/trace.bin", running: [:]),
        room: 1 << 20)
      #expect((maps.numbers[1] != nil) == isNamed, "\(seconds)")
    }
  }

  @Test("A map that is a link, a folder or a FIFO names nothing")
  mutating func odd() throws {
    let target = try folder.write("target", "10 10 one\n")
    let path = folder.path.appending("perf-70.map").string
    #expect(symlink(target.string, path) == 0)
    look([1: [0x10]])
    #expect(unlink(path) == 0 && mkfifo(path, 0o600) == 0)
    look([1: [0x10]])
    #expect(unlink(path) == 0 && mkdir(path, 0o700) == 0)
    look([1: [0x10]])
    #expect(maps.numbers.isEmpty && maps.code.maps.isEmpty)
  }
}
