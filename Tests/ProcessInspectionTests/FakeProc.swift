import Foundation

@testable import ProcessInspection

/// A folder of the form of /proc, with the processes that a test puts in. Links lead nowhere,
/// as those of sockets and pipes do, unless their target exists.
final class FakeProc {
  let root: String

  init() throws {
    var template = Array("\(NSTemporaryDirectory())/fdtrack-proc-XXXXXX".utf8CString)
    guard let name = mkdtemp(&template) else { throw POSIXError(.ENOENT) }
    root = String(cString: name)
    // The first process is always there.
    try process(1, name: "init")
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// Adds a process. `descriptors` are links by number.
  func process(
    _ pid: Int, name: String = "server", descriptors: [Int: String] = [:], state: String = "S",
    flags: Int = 4_194_560, thread of: Int? = nil, limit: Int = 1024, parent: Int = 1
  ) throws {
    let folder = "\(root)/\(pid)"
    for path in ["fd", "fdinfo", "net", "task/\(pid)"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(path)", withIntermediateDirectories: true)
    }
    let fields = "\(state) \(parent) 1 1 0 -1 \(flags) 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0"
    try write("\(pid) (\(name)) \(fields)\n", to: "\(pid)/stat")
    try write("Name:\t\(name)\nTgid:\t\(of ?? pid)\nUid:\t1000\t1000\n", to: "\(pid)/status")
    try write("\(name)\n", to: "\(pid)/comm")
    try write("./\(name)\0--port\08080\0", to: "\(pid)/cmdline")
    try write(
      "Max open files            \(limit)                 4096                files\n",
      to: "\(pid)/limits")
    for (fd, link) in descriptors { try descriptor(fd, of: pid, link) }
  }

  /// Adds a descriptor, or makes one lead elsewhere.
  func descriptor(
    _ fd: Int, of pid: Int, _ link: String, info: String = "pos:\t0\nflags:\t02000002\n"
  ) throws {
    try? FileManager.default.removeItem(atPath: "\(root)/\(pid)/fd/\(fd)")
    guard symlink(link, "\(root)/\(pid)/fd/\(fd)") == 0 else { throw POSIXError(.EEXIST) }
    try write(info, to: "\(pid)/fdinfo/\(fd)")
  }

  func close(_ fd: Int, of pid: Int) throws {
    try FileManager.default.removeItem(atPath: "\(root)/\(pid)/fd/\(fd)")
  }

  /// Puts a process into a network namespace, by the name that the kernel has for it.
  func network(_ name: String, of pid: Int) throws {
    try FileManager.default.createDirectory(
      atPath: "\(root)/\(pid)/ns", withIntermediateDirectories: true)
    guard symlink(name, "\(root)/\(pid)/ns/net") == 0 else { throw POSIXError(.EEXIST) }
  }

  /// A table below `net`; the header is added.
  func table(_ name: String, of pid: Int, _ lines: [String]) throws {
    try write((["header"] + lines).joined(separator: "\n") + "\n", to: "\(pid)/net/\(name)")
  }

  func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(root)/\(path)"))
  }

  func remove(_ path: String) throws {
    try FileManager.default.removeItem(atPath: "\(root)/\(path)")
  }

  /// A line of `net/tcp`. Ends are as the kernel writes them.
  static func tcp(_ local: String, _ remote: String, state: String, inode: Int) -> String {
    "   0: \(local) \(remote) \(state) 00000000:00000000 00:00000000 00000000 1000 0 \(inode) 1"
  }
}

extension FakeProc {
  /// What an inspector finds in it, whose looks are a second apart.
  func inspect(
    _ pid: Int, plan: Inspector.Plan = .init(), pause: @escaping Inspector.Pause = { _, _ in .over }
  ) throws(InspectionFailure) -> Inspection {
    var now: UInt64 = 0
    let inspector = Inspector(root: root, pause: pause) {
      now += 1_000_000_000
      return now
    }
    return try inspector.inspect(pid, plan: plan)
  }
}
