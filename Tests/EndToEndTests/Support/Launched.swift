import Foundation

/// How a program ended.
enum ExitStatus: Equatable {
  case exit(Int32)
  case signal(Int32)

  /// From what waitpid(2) tells.
  init(waited status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exit((status >> 8) & 0xff) : .signal(signal)
  }
}

/// What a program that has ended left.
struct Outcome {
  let status: ExitStatus
  let output: String
  let errors: String
}

/// A program that a test has started, in a process group of its own, with pipes
/// for its standard streams. Whatever is left of the group dies with this value,
/// so no test leaves a process behind. Every wait has a deadline, and throws
/// with what the program has said so far when that passes.
final class Launched {
  /// Far longer than anything takes on a slow and busy machine: what this ends hangs.
  static let patience: TimeInterval = 600

  let pid: pid_t
  private var input: Int32
  private var output: Stream
  private var errors: Stream
  private var status: ExitStatus?
  private let name: String

  /// - Parameters:
  ///   - arguments: the program's path, then its arguments.
  ///   - environment: added to a small one; nothing comes from the test's own.
  ///   - folder: its current folder.
  init(_ arguments: [String], environment: [String: String] = [:], folder: String = "/") throws {
    _ = Launched.ignoreBrokenPipes
    let (childInput, input) = try makePipe()
    let (output, childOutput) = try makePipe()
    let (errors, childErrors) = try makePipe()
    defer { for fd in [childInput, childOutput, childErrors] { close(fd) } }

    self.input = input
    self.output = Stream(fd: output)
    self.errors = Stream(fd: errors)
    name = arguments.joined(separator: " ")
    pid = try spawn(
      arguments, environment: Launched.environment.merging(environment) { $1 }, folder: folder,
      streams: [childInput, childOutput, childErrors])
  }

  deinit {
    kill(-pid, SIGKILL)
    if status == nil {
      var ignored: Int32 = 0
      waitpid(pid, &ignored, 0)
    }
    for fd in [input, output.fd, errors.fd] where fd >= 0 { close(fd) }
  }

  func send(_ signal: Int32) { kill(pid, signal) }

  func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  func write(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(input, $0.baseAddress, $0.count) }
      guard written > 0 else { throw TestFailure("\(name): write: errno \(errno)") }
      rest = rest.dropFirst(written)
    }
  }

  /// The next line of its output, without the newline.
  func readLine() throws -> String {
    let deadline = Date() + Launched.patience
    while true {
      if let line = output.takeLine() { return line }
      if output.ended { throw TestFailure("\(name): no more lines; stderr: \(errors.text)") }
      try gather(until: deadline)
    }
  }

  /// The rest of the next line after `prefix`, which it has to start with.
  func readLine(after prefix: String) throws -> String {
    let line = try readLine()
    guard line.hasPrefix(prefix) else {
      throw TestFailure("\(name): expected \"\(prefix)…\", got \"\(line)\"")
    }
    return String(line.dropFirst(prefix.count))
  }

  /// Waits for its end; the output is what readLine has not taken. Programs
  /// that it leaves behind may go on holding the pipes.
  func wait(patience: TimeInterval = Launched.patience) throws -> Outcome {
    let deadline = Date() + patience
    while status == nil {
      var raw: Int32 = 0
      if waitpid(pid, &raw, WNOHANG) == pid {
        status = ExitStatus(waited: raw)
      } else {
        try gather(until: deadline)
      }
    }
    collect()
    guard let status else { throw TestFailure("\(name): no status") }
    return Outcome(status: status, output: output.text, errors: errors.text)
  }

  /// Reads what its streams hold.
  func collect() {
    output.drain()
    errors.drain()
  }

  /// Reads what its streams hold, or waits a moment for more.
  private func gather(until deadline: Date) throws {
    guard Date() < deadline else {
      throw TestFailure("\(name): too slow; said: \(output.text) \(errors.text)")
    }
    var waits = [output, errors].filter { !$0.ended }.map {
      pollfd(fd: $0.fd, events: Int16(POLLIN), revents: 0)
    }
    poll(&waits, nfds_t(waits.count), 10)
    collect()
  }

  private static let environment = [
    "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent",
  ]
  private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}

/// One output of a program: a non-blocking pipe, and what came out of it.
private struct Stream {
  let fd: Int32
  private var bytes: [UInt8] = []
  private(set) var ended = false

  init(fd: Int32) {
    self.fd = fd
    _ = fcntl(fd, F_SETFL, O_NONBLOCK)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func drain() {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while !ended {
      let size = Foundation.read(fd, &buffer, buffer.count)
      if size > 0 {
        bytes += buffer[..<size]
      } else if size == 0 {
        ended = true
      } else if errno != EINTR {
        return
      }
    }
  }

  mutating func takeLine() -> String? {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { bytes.removeSubrange(...end) }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}

/// A pipe that no other program inherits: its read end, its write end.
private func makePipe() throws -> (Int32, Int32) {
  var ends: [Int32] = [-1, -1]
  guard pipe2(&ends, O_CLOEXEC) == 0 else { throw TestFailure("pipe: errno \(errno)") }
  return (ends[0], ends[1])
}

private func spawn(
  _ arguments: [String], environment: [String: String], folder: String, streams: [Int32]
) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for (number, fd) in streams.enumerated() {
    posix_spawn_file_actions_adddup2(&actions, fd, Int32(number))
  }
  guard posix_spawn_file_actions_addclosefrom_np(&actions, 3) == 0,
    posix_spawn_file_actions_addchdir_np(&actions, folder) == 0
  else { throw TestFailure("posix_spawn_file_actions: no memory") }

  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  sigfillset(&signals)
  posix_spawnattr_setsigdefault(&attributes, &signals)
  posix_spawnattr_setpgroup(&attributes, 0)
  posix_spawnattr_setflags(
    &attributes,
    Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

  var argv = arguments.map { strdup($0) } + [nil]
  var envp = environment.map { strdup("\($0)=\($1)") } + [nil]
  defer { for text in argv + envp { free(text) } }
  var pid: pid_t = 0
  let error = posix_spawn(&pid, arguments[0], &actions, &attributes, &argv, &envp)
  guard error == 0 else { throw TestFailure("\(arguments[0]): errno \(error)") }
  return pid
}

/// Runs a program with `input` as its whole standard input, to its end.
@discardableResult
func run(
  _ arguments: [String], environment: [String: String] = [:], folder: String = "/",
  input: String = "", patience: TimeInterval = Launched.patience
) throws -> Outcome {
  let program = try Launched(arguments, environment: environment, folder: folder)
  try program.write(input)
  program.closeInput()
  return try program.wait(patience: patience)
}

extension Launched {
  /// Feeds `text` as the whole input, and reads what comes back meanwhile, so
  /// that neither side waits for the other on a full pipe.
  func converse(_ text: String) throws -> Outcome {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      try write(String(decoding: rest.prefix(4096), as: UTF8.self))
      rest = rest.dropFirst(4096)
      collect()
    }
    closeInput()
    return try wait()
  }
}
