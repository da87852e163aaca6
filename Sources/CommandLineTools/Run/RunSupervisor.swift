import Glibc
import SystemPackage

/// The state of signals that the command is to start with.
struct RunSignals {
  var mask: sigset_t
  /// Whether SIGCHLD is ignored.
  var ignoresChildren = false
}

/// Waits for the command, and stands between it and the signals that `fdtrack`
/// gets meanwhile.
///
/// All signals but those of a fault are blocked and taken one by one with
/// sigwaitinfo(2): no handlers, hence nothing to restore in the command.
/// The process must have a single thread while this lives, because a blocked
/// signal goes to any thread that does not block it.
struct RunSupervisor: ~Copyable {
  /// What was there before, which is the command's.
  let original: RunSignals
  private let blocked: sigset_t
  /// A signal came that was not about the command's state.
  private var wasSignalled = false

  /// Blocks the signals, from before the command starts so that none is missed.
  init() {
    var blocked = sigset_t()
    var original = sigset_t()
    sigfillset(&blocked)
    for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT] {
      sigdelset(&blocked, fault)
    }
    sigprocmask(SIG_BLOCK, &blocked, &original)
    self.blocked = blocked
    // With SIGCHLD ignored the kernel would keep no exit status.
    let previous = signal(SIGCHLD, SIG_DFL)
    self.original = RunSignals(
      mask: original,
      ignoresChildren: unsafeBitCast(previous, to: Int.self)
        == unsafeBitCast(SIG_IGN as __sighandler_t?, to: Int.self))
  }

  /// Waits until the command ends, and reaps it.
  ///
  /// As process 1, the init of a container, it also reaps orphans.
  mutating func wait(for command: pid_t) throws(RunFailure) -> RunEnd {
    while true {
      var information = siginfo_t()
      var set = blocked
      let signal = sigwaitinfo(&set, &information)
      if signal == SIGCHLD {
        if let end = try collect(command) { return end }
      } else if signal > 0 {
        wasSignalled = true
        Self.pass(signal, information, to: command)
      }
    }
  }

  /// Gives the signals back to their usual effect. What arrived for the command
  /// and was not taken before its end is dropped. One signal is often two: timeout(1) and
  /// service managers send it to the process and then to its group, and the command may be
  /// gone before the second comes.
  consuming func release() {
    var set = blocked
    var pause = timespec(tv_sec: 0, tv_nsec: wasSignalled ? Self.echoNs : 0)
    while sigtimedwait(&set, nil, &pause) > 0 || errno == EINTR {}
    var mask = original.mask
    sigprocmask(SIG_SETMASK, &mask, nil)
  }

  /// For how long after a signal another one is taken for its echo.
  private static let echoNs = 100_000_000

  // MARK: Children

  /// Takes every change of state that is there; returns the command's end.
  private func collect(_ command: pid_t) throws(RunFailure) -> RunEnd? {
    let (scope, id) = getpid() == 1 ? (P_ALL, 0) : (P_PID, id_t(command))
    while true {
      var information = siginfo_t()
      if waitid(scope, id, &information, WEXITED | WSTOPPED | WNOHANG) != 0 {
        if errno == EINTR { continue }
        throw .own("cannot wait for the command: \(Errno(rawValue: errno))")
      }
      let child = information._sifields._sigchld
      if child.si_pid == 0 { return nil }
      guard child.si_pid == command else { continue }
      switch Int(information.si_code) {
      case CLD_EXITED: return .exited(status: child.si_status)
      case CLD_KILLED, CLD_DUMPED: return .killed(signal: child.si_status)
      default: stop(with: command, by: child.si_status)
      }
    }
  }

  /// Stops `fdtrack` as the terminal stopped the command, so that the shell
  /// takes the terminal back. SIGSTOP is left out: it is sent to one process
  /// (cpulimit, a debugger), and so is the SIGCONT that ends it.
  private func stop(with command: pid_t, by signal: Int32) {
    guard signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU else { return }
    // Pending first, then a look whether the command goes on already, then the
    // stop: a SIGCONT to the group at any moment in between is either seen here
    // or cancels the pending stop.
    raise(signal)
    if Self.goesOn(command) {
      Self.discard(signal)
      return
    }
    var set = Self.set(of: signal)
    sigprocmask(SIG_UNBLOCK, &set, nil)
    sigprocmask(SIG_BLOCK, &set, nil)
    // A shell's `fg` continues the whole group: then nothing is left to pass on.
    if Self.goesOn(command) { Self.discard(SIGCONT) }
  }

  /// Whether the command was continued since it was last asked.
  private static func goesOn(_ command: pid_t) -> Bool {
    var information = siginfo_t()
    waitid(P_PID, id_t(command), &information, WCONTINUED | WNOHANG)
    return information._sifields._sigchld.si_pid == command
  }

  /// Takes a pending signal away.
  private static func discard(_ signal: Int32) {
    var set = set(of: signal)
    var now = timespec()
    while sigtimedwait(&set, nil, &now) < 0 && errno == EINTR {}
  }

  private static func set(of signal: Int32) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, signal)
    return set
  }

  // MARK: Signals

  private static func pass(_ signal: Int32, _ information: siginfo_t, to command: pid_t) {
    let isShared = getpgid(command) == getpgrp()
    guard
      shouldPass(
        signal, code: Int(information.si_code), sender: information._sifields._kill.si_pid,
        command: command, sharesGroup: isShared)
    else { return }
    if Int(information.si_code) == SI_QUEUE {
      sigqueue(command, signal, information._sifields._rt.si_sigval)
    } else {
      kill(command, signal)
    }
  }

  /// Whether a signal that `fdtrack` got is to be sent on to the command: not
  /// when the command has it already or sent it itself. `code` and `sender` are
  /// si_code and si_pid of sigaction(2).
  static func shouldPass(
    _ signal: Int32, code: Int, sender: pid_t, command: pid_t, sharesGroup: Bool
  ) -> Bool {
    if code == SI_KERNEL && sharesGroup {
      // A terminal signals a whole process group. (The sender's pid would not
      // tell: it is also 0 for a sender outside of a container.)
      return ![SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGHUP, SIGWINCH, SIGCONT]
        .contains(signal)
    }
    // kill(0, …) in the command, or a note to its parent.
    return !(code <= 0 && sender == command)
  }
}
