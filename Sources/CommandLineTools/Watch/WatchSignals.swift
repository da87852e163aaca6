import Glibc
import LinuxCalls

/// Takes the signals that end, stop or resize a program on a terminal one by one, as readable
/// bytes: no handlers, so nothing runs between two other things.
///
/// To be made before any thread is, since a blocked signal goes to a thread that does not block it.
struct WatchSignals: ~Copyable {
  /// Readable when a signal is there.
  let descriptor: Int32
  private let previous: sigset_t

  init?() {
    var taken = sigset_t()
    sigemptyset(&taken)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP] where !Self.isIgnored(signal) {
      sigaddset(&taken, signal)
    }
    // These are ignored unless somebody asks.
    for signal in [SIGCONT, SIGWINCH] { sigaddset(&taken, signal) }
    var previous = sigset_t()
    sigprocmask(SIG_BLOCK, &taken, &previous)
    self.previous = previous
    descriptor = signalfd(-1, &taken, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
    if descriptor < 0 {
      sigprocmask(SIG_SETMASK, &previous, nil)
      return nil
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    var mask = previous
    sigprocmask(SIG_SETMASK, &mask, nil)
  }

  /// The next signal; nil when there is none.
  borrowing func next() -> Int32? {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    guard read(descriptor, &information, size) == size else { return nil }
    return Int32(information.ssi_signo)
  }

  /// Lets a signal have its usual effect on this process: it stops, or ends here.
  borrowing func act(on signal: Int32) {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, signal)
    raise(signal)
    sigprocmask(SIG_UNBLOCK, &set, nil)
    sigprocmask(SIG_BLOCK, &set, nil)
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN as __sighandler_t?, to: Int.self)
  }
}
