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
  }
}

/// How long and how much was recorded, and what of it is missing.
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
