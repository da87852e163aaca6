/// What `/proc/PID/fdinfo/FD` tells (proc_pid_fdinfo(5)).
struct DescriptorInfo: Equatable, Sendable {
  /// Status flags of open(2), with O_CLOEXEC when that is set.
  var flags: UInt32?
  var position: UInt64?
  /// Of the open file, where the kernel tells (since 5.14).
  var inode: UInt64?
  /// What an epoll instance waits for.
  var watches: [EpollWatch] = []
  /// False when the file was longer than what was read of it.
  var isWhole = true
  /// Descriptors that wait inside of a unix socket for somebody to receive them.
  var inFlight: Int?
  var eventCount: UInt64?
  var isSemaphore = false
  var timer: TimerFacts?
  /// Watches of inotify(7), marks of fanotify(7).
  var watchCount = 0
  var signalMask: UInt64?
  /// Of a pidfd: the process in this program's namespace, -1 when it has ended.
  var pid: Int?
  /// Files registered with an io_uring, which no other list shows.
  var registeredFiles: Int?

  /// One descriptor that an epoll instance waits for.
  struct EpollWatch: Equatable, Sendable {
    /// The number that it had when it was added; it may be another's by now.
    var fd: Int
    var inode: UInt64?
  }

  /// Lines that make no sense are passed over.
  init(_ contents: ProcFolder.Contents) {
    isWhole = contents.isWhole
    var lines = contents.bytes.split(separator: UInt8(ascii: "\n"))
    // The last one may be cut in a number.
    if !contents.isWhole { _ = lines.popLast() }
    for line in lines {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let name = String(decoding: line[..<colon], as: UTF8.self)
      read(name, NamedValues.trimmed(Substring(decoding: line[(colon + 1)...], as: UTF8.self)))
    }
  }

  private mutating func read(_ name: String, _ value: Substring) {
    switch name {
    case "flags": flags = UInt32(value, radix: 8)
    case "pos": position = UInt64(value)
    case "ino": inode = UInt64(value)
    case "tfd": if let watch = EpollWatch(value) { watches.append(watch) }
    case "scm_fds": inFlight = Int(value).flatMap { $0 >= 0 ? $0 : nil }
    case "eventfd-count": eventCount = UInt64(value, radix: 16)
    case "eventfd-semaphore": isSemaphore = value == "1"
    case "sigmask": signalMask = UInt64(value, radix: 16)
    case "Pid": pid = Int(value)
    case "UserFiles": registeredFiles = Int(value).flatMap { $0 >= 0 ? $0 : nil }
    case "clockid", "ticks", "it_value", "it_interval": readTimer(name, value)
    default:
      // "inotify wd:1 …", "fanotify ino:…": the name goes up to the first colon.
      if name == "inotify wd" || (name.hasPrefix("fanotify ") && name != "fanotify flags") {
        watchCount += 1
      }
    }
  }

  private mutating func readTimer(_ name: String, _ value: Substring) {
    var timer = timer ?? TimerFacts()
    switch name {
    case "clockid": timer.clock = Int(value)
    case "ticks": timer.expirations = UInt64(value) ?? 0
    case "it_value": timer.remainingNs = Self.nanoseconds(value)
    default: timer.intervalNs = Self.nanoseconds(value)
    }
    self.timer = timer
  }

  /// From `(seconds, nanoseconds)`; 0 for what is not of that form.
  private static func nanoseconds(_ value: Substring) -> UInt64 {
    let parts = value.split { $0 == "(" || $0 == ")" || $0 == "," || $0 == " " }
    guard parts.count == 2, let seconds = UInt64(parts[0]), let rest = UInt64(parts[1]) else {
      return 0
    }
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow || rest > .max - whole ? .max : whole + rest
  }
}

extension DescriptorInfo.EpollWatch {
  /// From what follows `tfd:`, such as `4 events: 19 data: 4  pos:0 ino:27fd sdev:9`.
  fileprivate init?(_ value: Substring) {
    let fields = value.split(separator: " ")
    guard let number = fields.first.flatMap({ Int($0) }), number >= 0 else { return nil }
    fd = number
    inode = fields.first { $0.hasPrefix("ino:") }.flatMap { UInt64($0.dropFirst(4), radix: 16) }
  }
}
