import TraceModel

/// All that a report says, as pure values: no symbols, no files, no text.
///
/// Times are nanoseconds since the trace started; nil when the trace does not
/// tell how its ticks relate to time.
public struct Findings: Equatable, Sendable {
  public internal(set) var trace: TraceSummary
  /// In order of `id`.
  public internal(set) var processes: [ProcessFinding] = []
  /// Every open site seen, ranked worst first; `clean` ones come last. Of more than
  /// `siteLimit` those that rank last are left out.
  public internal(set) var sites: [SiteFinding] = []
  /// Of the sites left out.
  public internal(set) var untold = Untold()
  public internal(set) var misuse: [Misuse] = []
  /// What programs said they were doing, in the order in which it first began.
  public internal(set) var marks: [MarkFinding] = []
  public internal(set) var inheritance = InheritanceAudit()
  /// Nil when the trace does not tell how its ticks relate to time, or no time passed.
  public internal(set) var timeline: Timeline?
  /// What `StackNumber`s mean: `stacks.frames(of:)`, innermost first.
  public internal(set) var stacks: StackStore
  /// In order of `number`, as `Frame.code` names them.
  public internal(set) var modules: [Module] = []

  /// As many sites as a trace of the usual size can count.
  public static let siteLimit = 1 << 16

  /// Sites that have something open, and how much.
  public struct Untold: Equatable, Sendable {
    public internal(set) var sites = 0
    public internal(set) var descriptors = 0
    /// Of those sites, the ones with the verdict `leak`.
    public internal(set) var leaks = 0
  }
}

public struct TraceSummary: Equatable, Sendable {
  public internal(set) var info: TraceInfo
  /// Nanoseconds since 1970; nil when not recorded.
  public internal(set) var startedRealtimeNs: UInt64?
  /// To the latest moment that the trace tells of.
  public internal(set) var durationNs: UInt64?
  public internal(set) var processCount: Int = 0
  /// Exact.
  public internal(set) var eventsKept: UInt64 = 0
  /// `eventsKept`, plus a full chunk for each chunk overwritten: an upper estimate then.
  public internal(set) var eventsTotal: UInt64 = 0
  public internal(set) var eventsTotalIsExact = true
  /// Not zero ones only; empty when nothing was lost.
  public internal(set) var losses: [Loss] = []
  /// Descriptors open whose opening was not seen, over all processes.
  public internal(set) var unseen: UInt64 = 0
  /// Descriptors closed by a path that was not seen.
  public internal(set) var vanished: UInt64 = 0
  /// Records that contradict the format and were left out.
  public internal(set) var damaged: Int = 0
}

public struct ProcessFinding: Equatable, Sendable {
  /// The raw value is the name used in JSON.
  public enum EndKind: String, Equatable, Sendable {
    case exit, signal, exec, unknown, running
  }

  public internal(set) var id: Int
  public internal(set) var pid: Int = 0
  public internal(set) var parent: Int?
  public internal(set) var how: TracedProcess.How = .start
  public internal(set) var exe: String?
  public internal(set) var argv: [String] = []
  public internal(set) var cwd: String?
  /// RLIMIT_NOFILE; nil when unlimited or unknown.
  public internal(set) var fdLimit: UInt64?
  /// To what the process may raise it by itself.
  public internal(set) var fdLimitHard: UInt64?
  /// `running` only when the caller says that its pid still lives: a trace by
  /// itself cannot tell a running process from a killed one (`unknown`).
  public internal(set) var end: EndKind = .unknown
  /// Exit status or signal number.
  public internal(set) var endCode: Int32?
  /// False for a spawned child that never joined the trace.
  public internal(set) var isTraced = true
  /// It went on as a program that did not join the trace; what is told of it ends there.
  public internal(set) var goesOnUntraced = false
  /// Index in `Findings.marks` of the one in force when it began; nil when there was none.
  public internal(set) var mark: Int?
  public internal(set) var startedNs: UInt64?
  public internal(set) var endedNs: UInt64?
  public internal(set) var opened: UInt64 = 0
  public internal(set) var closed: UInt64 = 0
  public internal(set) var peak: UInt32 = 0
  public internal(set) var peakNs: UInt64?
  /// Own and inherited; 0, 1 and 2 count only when the program put something new there.
  public internal(set) var openAtEnd: Int = 0
  /// Those of 0, 1 and 2 that are open and not in `openAtEnd`: `peak` counts them.
  public internal(set) var standardStreams: Int = 0
  public internal(set) var inherited = InheritedDescriptors()
  /// Open, but no call was seen that opened it.
  public internal(set) var unseen = OpenDescriptors()
  public internal(set) var unseenCount: UInt64 = 0
  public internal(set) var vanishedCount: UInt64 = 0
  /// True when the table was compared with /proc/self/fd.
  public internal(set) var wasChecked = false
  /// The first EMFILE or ENFILE.
  public internal(set) var limitHit: LimitHit?
  /// What it kept to its end, and closed then.
  public internal(set) var closedAtEnd: ClosedAtEnd?

  public struct ClosedAtEnd: Equatable, Sendable {
    public internal(set) var count: UInt64
    /// From the first of these closes to the end.
    public internal(set) var withinNs: UInt64?
    /// Who had opened most of them; most first, a few at most.
    public internal(set) var holders: [LimitHit.Holder]
  }

  public struct LimitHit: Equatable, Sendable {
    public internal(set) var api: String
    public internal(set) var stack: StackNumber = 0
    public internal(set) var atNs: UInt64?
    /// Who held most of the process's own descriptors then, though they may be closed
    /// by now; most first, a few at most.
    public internal(set) var holders: [Holder] = []

    public struct Holder: Equatable, Sendable {
      /// `SiteFinding.id`.
      public internal(set) var site: Int
      public internal(set) var count: UInt64
    }
  }
}

public struct InheritedDescriptor: Equatable, Sendable {
  /// The raw value is the name used in JSON.
  public enum Via: String, Equatable, Sendable { case fork, exec, outside }

  public internal(set) var fd: Int
  public internal(set) var kind: DescriptorKind = .unknown
  public internal(set) var name: String?
  public internal(set) var via: Via = .fork
  /// `ProcessFinding.id`; nil when it was opened outside.
  public internal(set) var openedBy: Int?
  /// `SiteFinding.id`; nil when not known.
  public internal(set) var site: Int?
  public internal(set) var local: String?
  public internal(set) var remote: String?
  public internal(set) var state: String?
  public internal(set) var isListening = false
  /// The opener may be another: it was replaced by another thread during fork.
  public internal(set) var isUncertain = false
}

/// A descriptor that is open at its process's end (or now).
public struct OpenDescriptor: Equatable, Sendable {
  /// `ProcessFinding.id`.
  public internal(set) var process: Int
  public internal(set) var fd: Int
  public internal(set) var kind: DescriptorKind = .unknown
  /// The path, link or address that tells it best.
  public internal(set) var name: String?
  public internal(set) var local: String?
  public internal(set) var remote: String?
  /// TCP state such as `CLOSE_WAIT`, or a unix socket's: `bound`, `unlinked`, `abstract`,
  /// `unnamed`. `LISTEN` for a listener of which nothing else is known.
  public internal(set) var state: String?
  public internal(set) var openedNs: UInt64?
  public internal(set) var ageNs: UInt64?
  /// Kernel thread id of the opener.
  public internal(set) var thread: UInt32 = 0
  public internal(set) var isCloseOnExec = false
  public internal(set) var isListening = false
  public internal(set) var owner: Descriptor.Owner = .raw
  /// The fd that it duplicates.
  public internal(set) var duplicateOf: Int?
  /// The pid of who sent it in a message, where the kernel told.
  public internal(set) var sender: Int?
}
