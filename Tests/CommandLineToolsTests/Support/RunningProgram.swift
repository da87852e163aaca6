@preconcurrency import Glibc
import SystemPackage

/// A program with connections to its standard input and output; stderr goes to a
/// file, so that nobody has to read it meanwhile. It has a process group of its
/// own, like a shell's job. No signal is blocked in it, although threads of a
/// test block many.
final class RunningProgram {
  struct Result {
    /// The exit status, or the negative number of the signal that ended it.
    var status: Int32
    var output: String
    var errors: String
  }

  let pid: pid_t
  private let input: FileDescriptor
  private let output: FileDescriptor
  private let folder: TemporaryFolder
  private let errors: FilePath

  /// Starts a program in `folder`, with env(1): options and variables for it may
  /// come first.
  init(_ arguments: [String], folder: TemporaryFolder) throws {
    self.folder = folder
    errors = try folder.write("errors.\(UInt64.random(in: 0...(.max)))", "")
    let (inputEnd, input) = try Self.pipe()
    let (output, outputEnd) = try Self.pipe()
    defer {
      try? inputEnd.close()
      try? outputEnd.close()
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, inputEnd.rawValue, 0)
    posix_spawn_file_actions_adddup2(&actions, outputEnd.rawValue, 1)
    posix_spawn_file_actions_addopen(&actions, 2, errors.string, O_WRONLY | O_APPEND, 0)
    pid = try Self.spawn(arguments, folder, &actions, POSIX_SPAWN_SETPGROUP)
    (self.input, self.output) = (input, output)
  }

  /// Starts a program as `init(_:folder:)` does, on a terminal of its own: its
  /// three standard streams, in the foreground, are what is read and written.
  init(onTerminal arguments: [String], folder: TemporaryFolder) throws {
    self.folder = folder
    errors = try folder.write("errors.\(UInt64.random(in: 0...(.max)))", "")
    var (terminal, other): (Int32, Int32) = (-1, -1)
    guard openpty(&terminal, &other, nil, nil, nil) == 0 else { throw Errno(rawValue: errno) }
    defer { close(other) }
    for end in [terminal, other] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream in 0...Int32(2) { posix_spawn_file_actions_adddup2(&actions, other, stream) }
    pid = try Self.spawn(["setsid", "--ctty"] + arguments, folder, &actions, 0)
    output = FileDescriptor(rawValue: terminal)
    input = FileDescriptor(rawValue: fcntl(terminal, F_DUPFD_CLOEXEC, 0))
  }

  private static func spawn(
    _ arguments: [String], _ folder: TemporaryFolder,
    _ actions: inout posix_spawn_file_actions_t, _ group: Int32
  ) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | group))

    let words = ["env", "-C", folder.path.string] + arguments
    var pointers = words.map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    var pid: pid_t = 0
    let error = posix_spawnp(&pid, words[0], &actions, &attributes, &pointers, environ)
    guard error == 0 else { throw Errno(rawValue: error) }
    return pid
  }

  func write(_ text: String) throws {
    _ = try input.writeAll(text.utf8)
  }

  /// Reads the output up to a line; for synchronisation without a clock.
  /// - Returns: false when the output ends before.
  func waitForLine(_ line: String) throws -> Bool {
    var text = ""
    while let byte = try read(1).first {
      text += String(decoding: [byte], as: UTF8.self)
      if text.hasSuffix(line + "\n") || text.hasSuffix(line + "\r\n") { return true }
    }
    return false
  }

  /// Closes the input, reads the output and waits for the end.
  func finish() throws -> Result {
    try input.close()
    var bytes: [UInt8] = []
    while case let more = try read(65_536), !more.isEmpty { bytes += more }
    try output.close()
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { throw Errno(rawValue: errno) }
    }
    let signal = status & 0x7f
    return Result(
      status: signal == 0 ? status >> 8 : -signal,
      output: String(decoding: bytes, as: UTF8.self),
      errors: String(decoding: try folder.read(errors), as: UTF8.self))
  }

  /// What there is, `count` bytes at most; none at the end.
  private func read(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do {
        filled = try output.read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch Errno.ioError {
        filled = 0  // a terminal whose other side is gone
      }
    }
  }

  /// Sockets, because they can be made CLOEXEC in one step: a test that runs at
  /// the same moment must not keep an end open.
  private static func pipe() throws -> (read: FileDescriptor, write: FileDescriptor) {
    var ends: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
    return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
  }
}
