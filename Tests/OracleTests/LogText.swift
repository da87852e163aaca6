@testable import Oracle

/// Logs for the tests, without the stacks of real programs: `by` names the wrapper that
/// each call came through.
struct LogText {
  private(set) var text = ""

  mutating func line(_ thread: Int, _ call: String, by stack: String...) {
    text += "\(thread) \(call)\n"
    for frame in stack { text += " > /usr/lib/\(frame)+0x1) [0x1]\n" }
  }

  /// Through the wrapper of that name.
  mutating func wrapped(_ thread: Int, _ call: String, in name: String) {
    line(thread, call, by: "libc.so.6(x", "libfdtrack.so(\(name)", "program(main")
  }

  mutating func mark(_ thread: Int, _ operation: Int) {
    line(thread, "dup(\(-Marks.base - operation)) = -1 EBADF (Bad file descriptor)")
  }

  /// The first program starts, with the shim.
  mutating func start(_ thread: Int = 7) {
    line(thread, "execve(\"/program\", [\"program\"], 0x1) = 0")
    line(
      thread, "openat(AT_FDCWD, \"/x/libfdtrack.so\", O_RDONLY|O_CLOEXEC) = 3",
      by: "ld-linux-x86-64.so.2(x")
    line(thread, "close(3) = 0", by: "ld-linux-x86-64.so.2(x")
  }

  var model: KernelModel {
    KernelModel(
      StraceReader.read(Array(text.utf8)), calls: Self.calls,
      initial: [0: false, 1: false, 2: false])
  }

  static let calls: Set<String> = [
    "open", "close", "dup2", "fcntl", "popen", "pclose", "freopen", "fork", "close_range",
    "syscall",
    "posix_spawn", "recvmsg", "forkpty",
  ]
}

extension KernelModel {
  func image(_ pid: Int, _ number: Int) -> ProcessImage? {
    images.first { $0.pid == pid && $0.number == number }
  }
}
