import Glibc
import ProcessInspection
import SystemPackage

/// Files of proc(5), whose sizes nobody knows before they are read.
enum ProcFile {
  /// More than any honest one has.
  private static let limit = 64 << 20

  /// - Throws: the errno of open(2) or read(2), as `ReadError`.
  static func contents(_ path: String) throws(ReadError) -> [UInt8] {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { throw ReadError(errno) }
    defer { close(fd) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit {
      let count = read(fd, &block, block.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ReadError(errno) }
      if count == 0 { break }
      bytes += block[..<count]
    }
    return bytes
  }

  /// What a link of proc(5) leads to; nil when it may not be read.
  static func link(_ path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let size = readlink(path, &bytes, bytes.count)
    return size > 0 ? String(decoding: bytes[..<size], as: UTF8.self) : nil
  }

  struct ReadError: Error {
    var number: Int32
    init(_ number: Int32) { self.number = number }
    var text: String { Errno(rawValue: number).description }
  }

  /// The pids that are there.
  static var pids: [Int] { numbers(in: "/proc") ?? [] }

  /// How many descriptors a process has open; nil when that may not be read.
  static func openCount(_ pid: Int) -> Int? { numbers(in: "/proc/\(pid)/fd")?.count }

  private static func numbers(in path: String) -> [Int]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var numbers: [Int] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = Int(name) { numbers.append(number) }
    }
    return numbers
  }

  /// When a process began, in clock ticks since boot: with its pid, what tells it from another
  /// one of that pid. nil for one that is not there, or only waits to be asked for its status.
  static func startTime(_ pid: Int) -> UInt64? {
    status(pid).flatMap { $0.hasEnded ? nil : $0.startTicks }
  }

  /// No such process, or one that only waits to be asked for its status. /proc may hide the
  /// processes of others, and kill(2) does not.
  static func hasEnded(_ pid: Int) -> Bool {
    if let pid = pid_t(exactly: pid), kill(pid, 0) != 0, errno == ESRCH { return true }
    return status(pid)?.hasEnded ?? false
  }

  private static func status(_ pid: Int) -> TaskStatus? {
    (try? contents("/proc/\(pid)/stat")).flatMap { TaskStatus(stat: $0) }
  }

  /// A pid as the process itself sees it: in the innermost of its pid namespaces.
  static func innermostPID(_ pid: Int) -> Int {
    let status = (try? contents("/proc/\(pid)/status")) ?? []
    let numbers = NamedValues.value("NSpid", in: String(decoding: status, as: UTF8.self))
    return numbers?.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? pid
  }

  /// A variable of the environment that a process was started with; nil also where that may not
  /// be read.
  static func variable(_ name: String, of pid: Int) -> String? {
    let prefix = Array("\(name)=".utf8)
    return ((try? contents("/proc/\(pid)/environ")) ?? []).split(separator: 0)
      .first { $0.starts(with: prefix) }
      .map { String(decoding: $0.dropFirst(prefix.count), as: UTF8.self) }
  }

  static func name(_ pid: Int) -> String {
    String(
      decoding: ((try? contents("/proc/\(pid)/comm")) ?? []).filter { $0 != 10 }, as: UTF8.self)
  }
}
