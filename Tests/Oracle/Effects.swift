/// What a system call that succeeded did to the table of descriptors.
struct Effects {
  var opened: [(fd: Int, closeOnExec: Bool)] = []
  var closed: [Int] = []
  /// Ends what stood under the numbers in `opened` (dup2).
  var replaces = false
  var closedRange: ClosedRange<Int>?
  /// FD_CLOEXEC of these became that.
  var flagged: (range: ClosedRange<Int>, closeOnExec: Bool)?

  /// Numbers that a call may end, known as it is entered.
  static func mayEnd(_ call: SystemCall, _ fd: Int) -> Bool {
    switch call.name {
    case "close": call.number(0) == fd
    case "dup2", "dup3": call.number(1) == fd && call.number(0) != fd
    case "close_range":
      range(call)?.contains(fd) == true && !call.argument(2, has: "CLOSE_RANGE_CLOEXEC")
    default: false
    }
  }

  static func range(_ call: SystemCall) -> ClosedRange<Int>? {
    guard let first = call.number(0) else { return nil }
    let last = call.number(1) ?? Int(UInt32.max)
    return first <= last ? first...last : nil
  }

  /// Nil for calls that change nothing. A close that failed with anything but
  /// EBADF has closed all the same.
  init?(_ call: SystemCall) {
    guard let result = call.result else { return nil }
    if call.name == "close" {
      guard let fd = call.number(0), fd >= 0, call.error != "EBADF" else { return nil }
      closed = [fd]
      return
    }
    guard result >= 0 else { return nil }
    switch call.name {
    case "close_range":
      guard let range = Self.range(call) else { return nil }
      if call.argument(2, has: "CLOSE_RANGE_CLOEXEC") {
        flagged = (range, true)
      } else {
        closedRange = range
      }
    case "dup2", "dup3":
      if call.number(0) == result { return nil }
      open(result, call.argument(2, has: "O_CLOEXEC"))
      replaces = true
    case "fcntl":
      if call.arguments.count < 2 { return nil }
      if call.arguments[1].hasPrefix("F_DUPFD") {
        open(result, call.arguments[1] == "F_DUPFD_CLOEXEC")
      } else if call.arguments[1] == "F_SETFD", let fd = call.number(0) {
        flagged = (fd...fd, call.argument(2, has: "FD_CLOEXEC"))
      } else {
        return nil
      }
    case "ioctl" where call.argument(1, has: "FIOCLEX") || call.argument(1, has: "FIONCLEX"):
      guard let fd = call.number(0) else { return nil }
      flagged = (fd...fd, call.argument(1, has: "FIOCLEX"))
    case "socketpair", "pipe", "pipe2":
      let place = call.name == "socketpair" ? 3 : 0
      guard call.arguments.indices.contains(place) else { return nil }
      let flags = Self.closeOnExec(call)
      for fd in StraceArguments.numbers(call.arguments[place]) { open(fd, flags) }
    case "recvmsg", "recvmmsg":
      let text = call.arguments.joined(separator: ", ")
      let flags = call.arguments.contains { $0.hasWord("MSG_CMSG_CLOEXEC") }
      for fd in StraceArguments.arrays(after: "cmsg_type=SCM_RIGHTS, cmsg_data=", in: text) {
        open(fd, flags)
      }
    case "clone", "clone3":
      let text = call.arguments.joined(separator: ", ")
      guard text.contains("CLONE_PIDFD") else { return nil }
      for field in ["parent_tid=", "pidfd="] {
        for fd in StraceArguments.arrays(after: field, in: text).prefix(1) { open(fd, true) }
      }
    default:
      guard Self.makesResult(call) else { return nil }
      open(result, Self.closeOnExec(call))
    }
    if opened.isEmpty && closed.isEmpty && closedRange == nil && flagged == nil { return nil }
  }

  private mutating func open(_ fd: Int, _ closeOnExec: Bool) {
    opened.append((fd, closeOnExec))
  }

  /// Calls that are traced for what they return; see scripts/lib/oracle.sh.
  private static func makesResult(_ call: SystemCall) -> Bool {
    switch call.name {
    case "signalfd", "signalfd4": call.number(0) == -1
    case "seccomp": call.argument(1, has: "SECCOMP_FILTER_FLAG_NEW_LISTENER")
    case "landlock_create_ruleset": !call.argument(2, has: "LANDLOCK_CREATE_RULESET_VERSION")
    case "bpf":
      ["PROG_LOAD", "MAP_CREATE", "OBJ_GET", "BTF_LOAD", "LINK_CREATE", "GET_FD_BY_ID"]
        .contains { call.arguments.first?.contains($0) == true }
    case "ioctl":
      ["TIOCGPTPEER", "NS_GET_", "KVM_CREATE_VM", "KVM_CREATE_VCPU", "USERFAULTFD_IOC_NEW"]
        .contains { call.arguments.dropFirst().first?.contains($0) == true }
    default: makers.contains(call.name)
    }
  }

  private static let makers: Set<String> = [
    "open", "openat", "openat2", "creat", "open_by_handle_at", "dup", "socket", "accept",
    "accept4", "eventfd", "eventfd2", "epoll_create", "epoll_create1", "timerfd_create",
    "inotify_init", "inotify_init1", "memfd_create", "memfd_secret", "fanotify_init",
    "pidfd_open", "pidfd_getfd", "mq_open", "fsopen", "fsmount", "fspick", "open_tree",
    "open_tree_attr", "userfaultfd", "perf_event_open", "io_uring_setup",
  ]

  /// What the call asked for, or does without being asked.
  private static func closeOnExec(_ call: SystemCall) -> Bool {
    switch call.name {
    case "pidfd_open", "pidfd_getfd", "io_uring_setup", "landlock_create_ruleset", "seccomp",
      "bpf", "mq_open":
      true
    case "ioctl":
      // Those of namespaces and machines always; the others take flags, printed as a number.
      ["TIOCGPTPEER", "USERFAULTFD_IOC_NEW"].contains(call.arguments[1])
        ? (call.number(2) ?? 0) & 0o2000000 != 0 || call.argument(2, has: "O_CLOEXEC") : true
    default:
      call.arguments.contains { argument in
        argument.hasSuffix("_CLOEXEC") || argument.contains("_CLOEXEC|")
          || argument.contains("_CLOEXEC,") || argument.contains("_CLOEXEC}")
      }
    }
  }
}
