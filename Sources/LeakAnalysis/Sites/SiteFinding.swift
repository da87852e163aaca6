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
  /// Of calls that make pairs, and where some pair lost one of its ends: which the open ones are, as
  /// far as it is known.
  public internal(set) var ends = EndCounts()
  /// Who else has descriptors of the open file; nil when they are several files, or
  /// nothing was duplicated.
  public internal(set) var sharing: Sharing?
  /// The highest of the processes'.
  public internal(set) var peak: UInt64 = 0
  public internal(set) var byProcess: [ProcessCounts] = []
  /// Who has some by fork, now that their openers have ended; the last of these, when none may live.
  public internal(set) var heirs: [Heir] = []
  /// Look it up with `Findings.stacks`; 0 when it could not be stored.
  public internal(set) var stack: StackNumber = 0
  /// Of a site that stands for many stacks, one of them: known holders speak of all, or of none.
  public internal(set) var way: StackNumber?
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
  /// Those of them that explain why they stayed open, as the reasons are ordered.
  public internal(set) var causes: [NoteGroup] = []
  /// The strongest one.
  public var cause: NoteGroup? { causes.first }
  /// Of what the process that holds most left open, for a leak; nil when there is
  /// not enough for a rate.
  public internal(set) var growth: Growth?
  /// Time until that process meets RLIMIT_NOFILE by that growth; nil without a forecast.
  public internal(set) var limitReachedInNs: UInt64?

  /// What one process did at the site.
  public struct ProcessCounts: Equatable, Sendable {
    public internal(set) var process: Int
    public internal(set) var opened: UInt64 = 0
    public internal(set) var closed: UInt64 = 0
    public internal(set) var live: Int = 0
    /// Of those, the ones that were not judged with the others, see `Reason.listenersAmong`,
    /// `Reason.keptOnceAmong`, `Reason.companionsAmong`, `Reason.connectedAmong` and, where others
    /// broke or their peers closed, `Reason.peerConnected`.
    public internal(set) var apart: Int = 0
    /// Of the closed, the other ends of pairs of which one is open: what became of them tells
    /// nothing of how these are to be closed.
    public internal(set) var otherEnds: UInt64 = 0
  }

  /// A process that did not open them, and how many it has.
  public struct Heir: Equatable, Sendable {
    public internal(set) var process: Int
    public internal(set) var count: Int
  }

  /// One open file that has several descriptors.
  public struct Sharing: Equatable, Sendable {
    /// All that are open, this site's and the others'.
    public internal(set) var descriptors: Int
    /// `SiteFinding.id` of where the open file was made; nil when here, or not known.
    public internal(set) var original: Int?
    /// The other sites that have descriptors of it, the most first; a few at most.
    public internal(set) var others: [SiteCount] = []

    /// Another site, and how many descriptors of the open file it has.
    public struct SiteCount: Equatable, Sendable {
      /// `SiteFinding.id`.
      public internal(set) var site: Int
      public internal(set) var count: Int
    }
  }

  /// A call that closed descriptors of the site, over the whole tree.
  public struct CloseSite: Equatable, Sendable {
    public internal(set) var api: String
    public internal(set) var stack: StackNumber = 0
    public internal(set) var count: UInt64 = 0
    /// As `SiteFinding.ends`, of what was closed here.
    public internal(set) var ends = EndCounts()
    /// Lifetimes of what was closed here. The median is the middle of its
    /// bucket, which spans a factor of four, or of what `minNs` and `maxNs` leave of it.
    public internal(set) var minNs: UInt64?
    public internal(set) var medianNs: UInt64?
    public internal(set) var maxNs: UInt64?
    public internal(set) var lastNs: UInt64?
    /// Processes closed here, as they ended, what they had forgotten, and hardly anything else.
    public internal(set) var isAtEnd = false
  }

  /// Last notable events of equal call, error and stack.
  public struct NoteGroup: Equatable, Sendable {
    public internal(set) var api: String
    public internal(set) var error: Int32 = 0
    /// Such as `ECONNREFUSED`; nil for 0.
    public internal(set) var errorName: String?
    public internal(set) var stack: StackNumber = 0
    public internal(set) var count: Int = 0
    /// How many are open at the site.
    public internal(set) var of: Int = 0

    /// A read that found the peer's end.
    public var isReadEnd: Bool { error == 0 && CallName.reads(api) }

    /// A wait that a timeout of the program ended.
    public var isTimeout: Bool { CallName.isTimeout(error, of: api) }
  }
}
