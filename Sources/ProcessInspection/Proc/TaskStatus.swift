/// What `/proc/PID/stat` tells of a process or thread (proc_pid_stat(5)).
package struct TaskStatus: Equatable, Sendable {
  /// At most 15 bytes of the kernel's; any bytes but NUL.
  var name: String
  /// Such as `S`, `Z`.
  var state: Character
  var parent: Int
  var isKernelThread: Bool
  var threads: Int
  /// Clock ticks from the boot to its start: with the pid, its identity.
  package var startTicks: UInt64

  /// PF_KTHREAD of the kernel's `include/linux/sched.h`.
  private static let kernelThreadFlag: UInt64 = 0x0020_0000

  /// Nil when the line is not of that form.
  package init?(stat line: [UInt8]) {
    // The name may hold parentheses and spaces; nothing after it does.
    guard let opening = line.firstIndex(of: UInt8(ascii: "(")),
      let closing = line.lastIndex(of: UInt8(ascii: ")")), opening < closing,
      Int(String(decoding: line[..<opening], as: UTF8.self).split(separator: " ").first ?? "")
        != nil
    else { return nil }
    let rest = String(decoding: line[(closing + 1)...], as: UTF8.self)
      .split(whereSeparator: \.isWhitespace)
    // Numbered from the state, which is the line's third field.
    guard rest.count >= 20, rest[0].count == 1, let state = rest[0].first,
      let parent = Int(rest[1]), let flags = UInt64(rest[6]), let threads = Int(rest[17]),
      let start = UInt64(rest[19])
    else { return nil }
    name = String(decoding: line[(opening + 1)..<closing], as: UTF8.self)
    self.state = state
    self.parent = parent
    isKernelThread = flags & Self.kernelThreadFlag != 0
    self.threads = threads
    startTicks = start
  }

  /// It has exited and waits to be asked for its status, or is going away.
  package var hasEnded: Bool { state == "Z" || state == "X" || state == "x" }
}
