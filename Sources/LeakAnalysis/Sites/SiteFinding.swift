import TraceModel

/// One call site over the whole tree: equal open stack, same function called.
public struct SiteFinding: Equatable, Sendable {
  /// Stable within the trace.
  public internal(set) var id: Int
  public internal(set) var verdict: Verdict = .clean
  /// Why, the strongest first; never empty unless clean.
  public internal(set) var reasons: [Reason] = []
  /// Of several processes that hold some, the one that the verdict and its reasons are of, but
  /// for those beside the verdict, which are of all; nil when no more than one holds any.
  public internal(set) var judgedProcess: Int?
  /// The function that the program called.
  public internal(set) var api: String = ""
  public internal(set) var kind: DescriptorKind = .unknown
  public internal(set) var opened: UInt64 = 0
  public internal(set) var closed: UInt64 = 0
  /// Opened by the process itself and open at its end: `fds.count`.
  public internal(set) var live: Int = 0
  /// Open files that those are descriptors of: duplicates share one.
  public internal(set) var objects: Int = 0
  /// Who else has descriptors of the open file; nil when they are several files, or
  /// nothing was duplicated.
  public internal(set) var sharing: Sharing?
  /// The highest of the processes'.
  public internal(set) var peak: UInt64 = 0
  public internal(set) var byProcess: [ProcessCounts] = []
  /// Look it up with `Findings.stacks`; 0 when it could not be stored.
  public internal(set) var stack: StackNumber = 0
  /// In order of process, then fd.
  public internal(set) var fds = OpenDescriptors()
  /// What they were opened in; empty in a trace without marks.
  public internal(set) var marks: [MarkCount] = []
  public internal(set) var firstOpenedNs: UInt64?
  public internal(set) var lastOpenedNs: UInt64?
  /// Where the same site's other descriptors are closed, the most used first.
  public internal(set) var closeSites: [CloseSite] = []
  /// Last notable events of the open ones, grouped, the most frequent first.
  public internal(set) var notes: [NoteGroup] = []
  /// The notable event that explains why they stayed open; nil when none does.
  public internal(set) var cause: NoteGroup?
  /// Of what the process that holds most left open, for a leak; nil when there is
  /// not enough for a rate.
  public internal(set) var growth: Growth?
  /// Time until that process meets RLIMIT_NOFILE by that growth; nil without a forecast.
  public internal(set) var limitReachedInNs: UInt64?

  public struct ProcessCounts: Equatable, Sendable {
    public internal(set) var process: Int
    public internal(set) var opened: UInt64 = 0
    public internal(set) var closed: UInt64 = 0
    public internal(set) var live: Int = 0
    /// Of those, the ones that were not judged with the others, see `Reason.listenersAmong`,
    /// `Reason.keptOnceAmong` and, where peers of others have closed, `Reason.peerConnected`.
    public internal(set) var apart: Int = 0
  }

  /// One open file that has several descriptors.
  public struct Sharing: Equatable, Sendable {
    /// All that are open, this site's and the others'.
    public internal(set) var descriptors: Int
    /// `SiteFinding.id` of where the open file was made; nil when here, or not known.
    public internal(set) var original: Int?
    /// The other sites that have descriptors of it, the most first; a few at most.
    public internal(set) var others: [SiteCount] = []

    public struct SiteCount: Equatable, Sendable {
      /// `SiteFinding.id`.
      public internal(set) var site: Int
      public internal(set) var count: Int
    }
  }

  public struct CloseSite: Equatable, Sendable {
    public internal(set) var api: String
    public internal(set) var stack: StackNumber = 0
    public internal(set) var count: UInt64 = 0
    /// Lifetimes of what was closed here. The median is the middle of its
    /// bucket, which spans a factor of four.
    public internal(set) var minNs: UInt64?
    public internal(set) var medianNs: UInt64?
    public internal(set) var maxNs: UInt64?
    public internal(set) var lastNs: UInt64?
  }

  public struct NoteGroup: Equatable, Sendable {
    public internal(set) var api: String
    public internal(set) var error: Int32 = 0
    /// Such as `ECONNREFUSED`; nil for 0.
    public internal(set) var errorName: String?
    public internal(set) var stack: StackNumber = 0
    public internal(set) var count: Int = 0
    /// How many are open at the site.
    public internal(set) var of: Int = 0
  }
}

/// In order of severity; the raw value is the name used in JSON.
public enum Verdict: String, Comparable, CaseIterable, Sendable {
  case leak, suspect, held
  /// Never found: what a report makes of a finding that its reader has chosen to leave alone.
  case suppressed
  case clean

  /// 0 is the worst.
  public var rank: Int {
    switch self {
    case .leak: 0
    case .suspect: 1
    case .held: 2
    case .suppressed: 3
    case .clean: 4
    }
  }
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}

/// Why a verdict was given, as data. `docs/verdicts.md` tells the thresholds.
public enum Reason: Equatable, Sendable {
  // For a leak.
  /// The last thing that happened to `count` of `of` was a failed call.
  case abandonedAfterFailure(
    api: String, error: Int32, errorName: String, count: Int, of: Int, stack: StackNumber)
  /// The peer has closed: a read returned 0, or TCP stands in CLOSE_WAIT.
  case peerClosed(count: Int, of: Int)
  /// Opened again and again over the run, and these stayed.
  case growth(live: Int, overNs: UInt64?)
  /// A loop opened `opens` times, and nothing of it was ever closed.
  case neverClosed(opens: Int, withinNs: UInt64?)
  /// Closed siblings lived for at most `siblingMaxNs`; these are `ageNs` old and more.
  case outlivesSiblings(count: Int, ageNs: UInt64, siblingMaxNs: UInt64, siblings: UInt64)

  // For less.
  /// Few, and nothing tells whether more would come.
  case few(live: Int)
  /// Siblings are closed, but these may be in use still.
  case siblingsClosed(live: Int, siblings: UInt64)
  /// Few, and what the program said it was doing as it opened them is over.
  case markEnded(count: Int)
  /// All opened within a short time at the start of the process, nothing since.
  case startUp(live: Int, withinNs: UInt64?)
  /// Opened in a burst once, and nothing since; it may be a pool.
  case burst(live: Int, withinNs: UInt64?)
  /// Waits for connections.
  case listener(count: Int)
  /// An epoll, eventfd, timerfd, signalfd or inotify, of which a process keeps one.
  case singleton(kind: DescriptorKind)
  /// One for each of as many threads, all of which went on.
  case onePerThread(threads: Int)
  /// Accepted connections whose client is still there, or was: some of them for all but the last
  /// `leftWithinNs`.
  case peerConnected(count: Int, leftWithinNs: UInt64?)
  /// A pair shared with child processes.
  case channelToChild(count: Int)
  /// Stands at 0, 1 or 2.
  case standardStream(count: Int)
  /// The only one of its site, and nothing tells against it.
  case single
  /// libc keeps it for itself until `releaser` is called.
  case libcKeeps(purpose: String, releaser: String)
  /// In the list of known holders, which says why.
  case knownHolder(name: String, why: String?)
  // Beside the verdict.
  /// Some wait for connections, and were not judged with the others.
  case listenersAmong(count: Int)
  /// Some are random devices and archives of code, opened once each, as runtimes keep them; they
  /// were not judged with the others.
  case keptOnceAmong(count: Int)
  /// Its descriptors are duplicates: fewer open files than numbers.
  case duplicates(count: Int, objects: Int)
  /// Programs started by exec hold `count` of them: `SOCK_CLOEXEC` or the like is missing.
  case missingCloseOnExec(count: Int, listening: Bool, processes: [Int])
  /// A call failed for want of descriptors (EMFILE, ENFILE) in these processes.
  case limitHit(processes: [Int])

  /// Stable name for JSON and scripts.
  public var code: String {
    switch self {
    case .abandonedAfterFailure: "abandoned_after_failure"
    case .peerClosed: "peer_closed"
    case .growth: "growth"
    case .neverClosed: "never_closed"
    case .outlivesSiblings: "outlives_siblings"
    case .few: "few"
    case .siblingsClosed: "siblings_closed"
    case .markEnded: "mark_ended"
    case .startUp: "start_up"
    case .burst: "burst"
    case .listener: "listener"
    case .singleton: "singleton"
    case .onePerThread: "one_per_thread"
    case .peerConnected: "peer_connected"
    case .channelToChild: "channel_to_child"
    case .standardStream: "standard_stream"
    case .single: "single"
    case .libcKeeps: "libc_keeps"
    case .knownHolder: "known_holder"
    case .listenersAmong: "listeners_among"
    case .keptOnceAmong: "kept_once_among"
    case .duplicates: "duplicates"
    case .missingCloseOnExec: "missing_cloexec"
    case .limitHit: "limit_hit"
    }
  }
}
