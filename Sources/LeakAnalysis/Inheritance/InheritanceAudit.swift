import TraceModel

/// Who holds open files that were opened before it was started: what crossed an exec, in
/// which programs it is open at their end (or now), and why the exec did not close it.
///
/// 0, 1 and 2 are meant to be kept, and what was open before the trace began is nobody's
/// here to change: neither is told of.
public struct InheritanceAudit: Equatable, Sendable {
  /// Listening sockets first, of those the ones that keep their address busy; then what
  /// nobody meant to pass on; then by holder and fd.
  public internal(set) var rows: [Row] = []
  /// How many descriptors more each process holds (`ProcessFinding.id`), beyond as many as are
  /// asked why they are open.
  public internal(set) var untold: [Int: Int] = [:]

  /// One open file in one process, whatever programs that ran since it got it.
  public struct Row: Equatable, Sendable {
    /// `ProcessFinding.id` of its last program. When that was not traced, of what the trace
    /// has instead: the record that its parent made, or the program before its exec.
    public internal(set) var holder: Int
    public internal(set) var holderLife: Life = .unknown
    /// False for a program that never joined the trace: what it got is known, what it
    /// closed since is not.
    public internal(set) var isHolderTraced = true
    public internal(set) var kind: DescriptorKind = .unknown
    /// The path, link or address that tells it best.
    public internal(set) var name: String?
    public internal(set) var local: String?
    public internal(set) var remote: String?
    public internal(set) var state: String?
    public internal(set) var isListening = false
    /// The opener may be another: it was replaced by another thread during fork.
    public internal(set) var isUncertain = false
    /// The program that made the open file.
    public internal(set) var opener: Int
    public internal(set) var openerLife: Life = .unknown
    /// How the open file was made. Of a duplicate whose original is not known, the call
    /// that duplicated it.
    public internal(set) var opened: Call
    /// The holder's descriptors of it, never empty: what is to be changed first.
    public internal(set) var handles: [Handle] = []
    /// The first program that got it, and the call that started that.
    public internal(set) var start: Start
    /// Nobody else has the listening socket: its opener has ended, and so have all that
    /// got it by fork alone, while the holder may still run.
    public internal(set) var keepsAddressBusy = false
    /// It is not known to have ended, or ended when the opener had closed it or ended itself: then
    /// an address may be busy for its sake, or has been.
    public internal(set) var outlivesOpener = true

    /// Somebody forgot something: for one of the descriptors at least.
    public var isAccused: Bool { handles.contains { !$0.cause.isByDesign } }
  }

  /// Whether a process lives on, over all programs that it ran.
  public enum Life: String, Equatable, Sendable {
    case running, ended
    /// The trace tells no end, and nobody looked whether it runs.
    case unknown
  }

  /// A call that made descriptors.
  public struct Call: Equatable, Sendable {
    public internal(set) var api: String
    /// 0 when it could not be stored.
    public internal(set) var stack: StackNumber = 0
    /// `SiteFinding.id`; nil when not known.
    public internal(set) var site: Int?
    public internal(set) var atNs: UInt64?
    /// Kernel thread id, 0 when not known.
    public internal(set) var thread: UInt32 = 0
  }

  /// Descriptors of one open file that were made by one call and kept for one reason.
  public struct Handle: Equatable, Sendable {
    /// In order.
    public internal(set) var fds: [Int]
    public internal(set) var cause: Cause
    /// False for `neverSet` when the ring has lost records: the flag may have been set once,
    /// and taken away on purpose.
    public internal(set) var isCertain = true
    /// The call that made these numbers; of those that are no duplicates, the opening.
    public internal(set) var made: Call
    public internal(set) var isDuplicate = false
  }

  /// The call that started the first program that got the open file.
  public struct Start: Equatable, Sendable {
    /// The exec, or what spawned: `execve`, `posix_spawn`, `system`.
    public internal(set) var api: String
    public internal(set) var stack: StackNumber = 0
    public internal(set) var atNs: UInt64?
    /// `ProcessFinding.id` of the program that called it.
    public internal(set) var by: Int
    /// Of the program that it started; nil when that was not traced.
    public internal(set) var program: Int?
  }
}

extension InheritanceAudit {
  /// Why an exec left a descriptor open.
  public enum Cause: Equatable, Sendable {
    /// FD_CLOEXEC was not set by the call that made it, nor later.
    case neverSet
    /// It was set, after the process that kept it had been forked.
    case setTooLate(Lateness)
    /// The original had FD_CLOEXEC, and a duplicate has flags of its own.
    case duplicatedWithout
    /// FD_CLOEXEC was set and taken away before the exec: by design.
    case cleared
    /// Made for the program by dup2 or by a file action of posix_spawn, or told to it by its
    /// arguments or its environment: by design.
    case passed

    /// Stable name for JSON and scripts.
    public var code: String {
      switch self {
      case .neverSet: "never_cloexec"
      case .setTooLate: "cloexec_too_late"
      case .duplicatedWithout: "dup_without_cloexec"
      case .cleared: "cleared_on_purpose"
      case .passed: "passed"
      }
    }

    /// The program that started the other one meant it to have this.
    public var isByDesign: Bool {
      switch self {
      case .cleared, .passed: true
      case .neverSet, .setTooLate, .duplicatedWithout: false
      }
    }
  }

  /// Opened, forked, flagged: in that order.
  public struct Lateness: Equatable, Sendable {
    public internal(set) var openedNs: UInt64?
    public internal(set) var forkedNs: UInt64?
    /// Nil when the ring does not hold it any more.
    public internal(set) var flaggedNs: UInt64?
    /// True: another thread than the opener's forked in between, the race that only a flag
    /// of the opening call avoids. Nil when the ring does not tell which thread it was.
    public internal(set) var isRace: Bool?
  }
}
