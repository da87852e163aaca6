/// How each function is told to close its descriptor on exec.
enum CloseOnExec {
  /// What to write for `api`, as the rest of "use …"; nil when it has no such flag.
  static func remedy(for api: String) -> String? {
    switch api {
    case "socket", "socketpair": "SOCK_CLOEXEC in \(api)()"
    case "accept", "accept4": "accept4() with SOCK_CLOEXEC"
    case "open", "open64", "openat", "openat64", "openat2", "creat", "creat64", "__open_2",
      "__open64_2", "__openat_2", "__openat64_2":
      "O_CLOEXEC in \(api.hasPrefix("creat") ? "open" : shown(api))()"
    case "fopen", "fopen64", "freopen", "freopen64", "fdopen", "popen":
      "the mode letter \"e\" in \(api)()"
    case "pipe", "pipe2": "pipe2() with O_CLOEXEC"
    case "dup": "fcntl(F_DUPFD_CLOEXEC) in place of dup()"
    case "dup2", "__dup2", "dup3": "dup3() with O_CLOEXEC"
    case "fcntl", "fcntl64", "__fcntl": "F_DUPFD_CLOEXEC in fcntl()"
    case "epoll_create", "epoll_create1": "epoll_create1(EPOLL_CLOEXEC)"
    case "eventfd": "EFD_CLOEXEC in eventfd()"
    case "timerfd_create": "TFD_CLOEXEC in timerfd_create()"
    case "signalfd": "SFD_CLOEXEC in signalfd()"
    case "inotify_init", "inotify_init1": "inotify_init1(IN_CLOEXEC)"
    case "fanotify_init": "FAN_CLOEXEC in fanotify_init()"
    case "memfd_create": "MFD_CLOEXEC in memfd_create()"
    case "userfaultfd", "open_by_handle_at": "O_CLOEXEC in \(api)()"
    case "fsopen", "fsmount", "fspick", "open_tree": "\(api.uppercased())_CLOEXEC in \(api)()"
    case "recvmsg", "recvmmsg": "MSG_CMSG_CLOEXEC in \(api)()"
    case "mkstemp", "mkstemp64", "mkostemp", "mkostemp64": "mkostemp() with O_CLOEXEC"
    case "mkstemps", "mkstemps64", "mkostemps", "mkostemps64": "mkostemps() with O_CLOEXEC"
    case "posix_openpt", "getpt": "posix_openpt() with O_CLOEXEC"
    default: nil
    }
  }

  /// The flag alone, for "missing …".
  static func flag(for api: String) -> String? {
    switch api {
    case "socket", "socketpair", "accept", "accept4": "SOCK_CLOEXEC"
    case "epoll_create", "epoll_create1": "EPOLL_CLOEXEC"
    case "eventfd": "EFD_CLOEXEC"
    case "timerfd_create": "TFD_CLOEXEC"
    case "signalfd": "SFD_CLOEXEC"
    case "inotify_init", "inotify_init1": "IN_CLOEXEC"
    case "fanotify_init": "FAN_CLOEXEC"
    case "memfd_create": "MFD_CLOEXEC"
    case "fsopen", "fsmount", "fspick", "open_tree": "\(api.uppercased())_CLOEXEC"
    case "recvmsg", "recvmmsg": "MSG_CMSG_CLOEXEC"
    case "fopen", "fopen64", "freopen", "freopen64", "fdopen", "popen": "mode \"e\""
    case "dup", "fcntl", "fcntl64", "__fcntl": "F_DUPFD_CLOEXEC"
    default: remedy(for: api) == nil ? nil : "O_CLOEXEC"
    }
  }

  /// What to change about a descriptor that a program keeps, as a sentence: where it is
  /// made, as far as that call can do it and is not a library's, else where the program is
  /// started. Nil when it was kept by design.
  static func advice(for handle: Report.Handle, started start: Report.Call) -> String? {
    guard !handle.isByDesign else { return nil }
    if let interpreter = Interpreter(callerIn: handle.made.stack) {
      return advice(interpreter, made: handle.made.api)
    }
    let place = place(of: handle.made.stack)
    let atStart = closing(before: start)
    let reason =
      handle.lateness == nil
      ? ", so that started programs do not keep it"
      : ": what fcntl() sets afterwards can come after a fork"
    if let remedy = remedy(for: handle.made.api) {
      let isInLibrary =
        handle.made.stack.library != nil || handle.made.stack.focus?.origin == .library
      let instead = isInLibrary ? atStart.map { " Or \($0)." } ?? "" : ""
      return "Use \(remedy)\(place)\(reason).\(instead)"
    }
    if let atStart { return Wording.capitalized(atStart) + "." }
    return "Call fcntl(F_SETFD, FD_CLOEXEC) after \(shown(handle.made.api))()\(place),"
      + " so that started programs do not keep it."
  }

  /// Where a call stands that is to have a flag: in a library where that made it.
  static func place(of stack: Report.Stack) -> String {
    stack.library.map { " \($0.phrase)" } ?? stack.placePhrase
  }

  /// The cause of what PHP keeps of the script that it runs.
  static let ownScript = "own_script"

  /// Whether it is the script that PHP was started with, which it leaves open and never flags: no
  /// code of the script can. It reads that by stdio, and opens files for its code by open().
  static func isOwnScript(_ file: String?, _ opened: Report.Call, of argv: [String]) -> Bool {
    guard let name = file?.lastComponent, opened.api.hasPrefix("fopen"),
      Interpreter(callerIn: opened.stack)?.isPHP == true
    else { return false }
    return argv.dropFirst().contains { $0.lastComponent == name }
  }

  /// What an interpreter opened by `api`, and passed on, is a matter of the code that it runs.
  static func advice(_ interpreter: Interpreter, made api: String) -> String {
    let reason = "so that started programs do not keep it"
    if interpreter.isShell {
      return "Close it in the script for programs that are not to have it: `command N>&-`."
    }
    guard interpreter.isPHP else {
      return "Set close-on-exec where the \(interpreter.code) opens it, \(reason)."
    }
    // https://www.php.net/manual/en/function.fopen.php; its sockets have no such option.
    return api.hasPrefix("open") || api.hasPrefix("__open") || api.hasPrefix("creat")
      ? "Add the letter \"e\" to the mode of the PHP code's fopen(), \(reason)."
      : "PHP sets close-on-exec for files alone: close it in the command, `N>&-`, \(reason)."
  }

  /// How the program that starts another one closes what that is not to have.
  private static func closing(before start: Report.Call) -> String? {
    let place = start.stack.placePhrase
    if start.api.holds("spawn") {
      return "give \(start.api)()\(place) a posix_spawn_file_actions_addclosefrom_np()"
    }
    guard start.api.holds("exec") else { return nil }
    return "call close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) before \(start.api)()\(place)"
  }

  /// The name that the program's source has: fortified variants have underscores.
  private static func shown(_ api: String) -> String {
    api.hasPrefix("__openat") ? "openat" : api.hasPrefix("__open") ? "open" : api
  }
}
