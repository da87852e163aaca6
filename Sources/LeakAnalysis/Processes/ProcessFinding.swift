import TraceModel

/// What there is to say of one program that one process ran; its members are as at its end,
/// or now, while it runs.
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
  /// Of its end, which was not recorded, the caller knows nothing either.
  public internal(set) var mayRun = false
  /// Exit status or signal number.
  public internal(set) var endCode: Int32?
  /// False for a spawned child that never joined the trace.
  public internal(set) var isTraced = true
  /// It went on as a program that did not join the trace; what is told of it ends there.
  public internal(set) var goesOnUntraced = false
  /// The end of the path of what did not join the trace: of the child, or of the program that it
  /// went on as.
  public internal(set) var untracedProgram: String?
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
  /// Those of `openAtEnd` that the process put at 0, 1 and 2 itself.
  public internal(set) var redirectedStreams: Int = 0
  /// Those of 0, 1 and 2 that are open and not in `openAtEnd`: `peak` counts them.
  public internal(set) var standardStreams: Int = 0
  public internal(set) var inherited = InheritedDescriptors()
  /// Open, but no call was seen that opened it.
  public internal(set) var unseen = OpenDescriptors()
  public internal(set) var unseenCount: UInt64 = 0
  public internal(set) var vanishedCount: UInt64 = 0
  /// True when the table was compared with /proc/self/fd.
  public internal(set) var wasChecked = false
  /// That was the last of what is told of it: at its end, or, while it runs, now.
  public internal(set) var wasCheckedLast = false
  /// It has code of Go, which calls the kernel itself: what that opens and closes shows in
  /// comparisons alone.
  public internal(set) var callsDirectly = false
  /// Nil when all its modules bind to the recorder.
  public internal(set) var loadedAround: LoadedAround?
  /// TCP sockets that are told as the kernel had them when the trace was read.
  public internal(set) var connectionsSeen = 0
  /// The first EMFILE or ENFILE.
  public internal(set) var limitHit: LimitHit?
  /// What it kept to its end, and closed then.
  public internal(set) var closedAtEnd: ClosedAtEnd?

  /// Modules that were loaded around the recorder (RTLD_DEEPBIND, dlmopen): what they open and
  /// close shows in comparisons alone.
  public struct LoadedAround: Equatable, Sendable {
    public internal(set) var count: Int
    /// As it was asked for; nil when the trace had no room for it.
    public internal(set) var first: String?
  }

  /// What a process had opened over time, and closed only in the last part of its life.
  public struct ClosedAtEnd: Equatable, Sendable {
    public internal(set) var count: UInt64
    /// From the first of these closes to the end.
    public internal(set) var withinNs: UInt64?
    /// Who had opened most of them; most first, a few at most.
    public internal(set) var holders: [LimitHit.Holder]
  }

  /// A call that failed for want of descriptors (EMFILE, ENFILE), the first of its process.
  public struct LimitHit: Equatable, Sendable {
    public internal(set) var api: String
    public internal(set) var stack: StackNumber = 0
    public internal(set) var atNs: UInt64?
    /// Who held most of the process's own descriptors then, though they may be closed
    /// by now; most first, a few at most.
    public internal(set) var holders: [Holder] = []
    /// How many of its own descriptors sites held then.
    public internal(set) var count: UInt64 = 0

    /// Sites of one place are told as one: more are listed than are told.
    static let listed = 16

    /// A site, and how many descriptors of it were open.
    public struct Holder: Equatable, Sendable {
      /// `SiteFinding.id`.
      public internal(set) var site: Int
      public internal(set) var count: UInt64
    }
  }
}
