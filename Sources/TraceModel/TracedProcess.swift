import FDTrackFormat

/// One program run by one process (`struct fdt_process`): an exec starts a new one.
public struct TracedProcess: Equatable, Sendable {
  /// How it came to be (`enum fdt_how`); the raw value is the name used in JSON.
  public enum How: String, Equatable, Sendable {
    case start, fork, vfork, spawn, exec, attach
  }

  /// How it ended, as far as the trace tells.
  public enum End: Equatable, Sendable {
    /// Nothing recorded: running, killed or crashed.
    case none
    case exit(status: Int32)
    case signal(Int32)
    /// Went on as another program. Not traced when no process of `how` exec
    /// has this one as its parent.
    case exec
  }

  /// `enum fdt_process_flag`.
  public struct Flags: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ flag: fdt_process_flag) { rawValue = flag.rawValue }
    public static let attached = Self(FDT_PROCESS_ATTACHED)
    public static let execPending = Self(FDT_PROCESS_EXEC_PENDING)
    public static let snapshot = Self(FDT_PROCESS_SNAPSHOT)
    public static let threads = Self(FDT_PROCESS_THREADS)
    public static let directCalls = Self(FDT_PROCESS_DIRECT_CALLS)
    public static let endTold = Self(FDT_PROCESS_END_TOLD)
  }

  /// The first failure with EMFILE or ENFILE.
  public struct LimitHit: Equatable, Sendable {
    public internal(set) var ticks: UInt64
    public internal(set) var stack: StackNumber = 0
    /// Slot in `Trace.calls`.
    public internal(set) var call: UInt16 = 0
  }

  /// Slot in the process table + 1; the number that everything else refers to.
  public internal(set) var id: Int
  /// 0 when it was spawned and its pid is not known.
  public internal(set) var pid: Int = 0
  /// `id` of the parent, or of the same process before exec; nil when none.
  public internal(set) var parent: Int?
  public internal(set) var how: How = .start
  public internal(set) var exe: String?
  public internal(set) var argv: [String] = []
  public internal(set) var cwd: String?
  public internal(set) var flags: Flags = []
  /// Stack of the fork, spawn or exec call that made it.
  public internal(set) var bornStack: StackNumber = 0
  /// Slot in `Trace.calls`.
  public internal(set) var bornCall: UInt16 = 0
  public internal(set) var startTicks: UInt64 = 0
  /// Nil while nothing of its end was recorded.
  public internal(set) var endTicks: UInt64?
  /// RLIMIT_NOFILE, soft and hard; nil when unlimited or not known.
  public internal(set) var fdLimit: UInt64?
  public internal(set) var fdLimitHard: UInt64?
  public internal(set) var end: End = .none
  /// Descriptors that the process itself opened, exact.
  public internal(set) var opened: UInt64 = 0
  /// Of those and of inherited ones, exact.
  public internal(set) var closed: UInt64 = 0
  /// Open without having been opened here, less the vanished; plus `opened`
  /// minus `closed`: open now.
  public internal(set) var inherited: UInt32 = 0
  public internal(set) var peak: UInt32 = 0
  public internal(set) var peakTicks: UInt64 = 0
  /// When it was last compared with `/proc/self/fd`; nil when never.
  public internal(set) var snapshotTicks: UInt64?
  /// Open at the snapshot, but no call was seen that opened it.
  public internal(set) var unseen: UInt32 = 0
  /// In the table, but no longer open at the snapshot.
  public internal(set) var vanished: UInt32 = 0
  /// TCP sockets of which the kernel told the state when the trace was read, as it still ran.
  public internal(set) var connectionsSeen = 0
  /// Its table was compared with the kernel's when the trace was read, as it still ran.
  public internal(set) var isCompared = false
  public internal(set) var limitHit: LimitHit?
  /// Of its latest exec; 0 when there was none.
  public internal(set) var execStack: StackNumber = 0
  /// Slot in `Trace.calls`.
  public internal(set) var execCall: UInt16 = 0
  /// The end of the path that its latest exec was given, or the spawn that made it; nil where
  /// there was none.
  public internal(set) var asked: String?
  /// `MarkRecord.id` of the mark in force when it began; nil when there was none.
  public internal(set) var mark: Int?
  /// How often it, or what it is a fork of, had a module loaded around the recorder, which sees
  /// nothing of what that calls.
  public internal(set) var loadsAround = 0
  /// The first of these modules, as it was asked for.
  public internal(set) var loadedAround: String?
  /// The live table in order of fd: open ones, and those whose last close is known.
  public internal(set) var descriptors: [Descriptor] = []
  /// Equal among siblings whose tables are the same, in memory as well; nil for another.
  var sharedTable: Int?
}

extension TracedProcess {
  /// The table's entry of an fd.
  public func descriptor(_ fd: Int) -> Descriptor? {
    descriptors.slot(of: fd).map { descriptors[$0] }
  }
}

extension [Descriptor] {
  /// Where a number stands in a table, by binary search. Numbers are given away from the lowest
  /// on, so in most tables it is found at once.
  func slot(of fd: Int) -> Int? {
    guard !isEmpty, fd >= self[0].fd else { return nil }
    // As far from the first as it is if no number is missing in between; no further.
    let furthest = fd - self[0].fd
    if furthest < count, self[furthest].fd == fd { return furthest }
    let index = self[..<Swift.min(count, furthest)].partitioningIndex { $0.fd >= fd }
    return index < count && self[index].fd == fd ? index : nil
  }
}
