import LeakAnalysis

extension Report {
  /// One call site over the whole process tree.
  public struct Site: Equatable, Sendable {
    public var id: Int
    /// Names the site across runs and rebuilds, see `Fingerprint`.
    public var fingerprint = ""
    /// Other findings of the trace that it is the fingerprint of.
    public var namesakes = 0
    public var verdict = Verdict.clean
    /// Strongest first.
    public var reasons: [Reason] = []
    /// As `LeakAnalysis.SiteFinding.judgedProcess`.
    public var judgedProcess: Int?
    /// The function that the program called.
    public var api = ""
    /// What the kernel made, such as `tcp`.
    public var kind = "unknown"
    public var opened: UInt64 = 0
    public var closed: UInt64 = 0
    public var live = 0
    /// Open files that those are descriptors of.
    public var objects = 0
    /// As `LeakAnalysis.SiteFinding.ends`.
    public var ends = EndCounts()
    /// Of one open file that has several descriptors.
    public var sharing: Sharing?
    public var peak: UInt64 = 0
    public var byProcess: [ProcessCounts] = []
    /// As `LeakAnalysis.SiteFinding.heirs`; a `Process.id` each.
    public var heirs: [SiteFinding.Heir] = []
    public var stack = Stack.missing
    public var fds: [Descriptor] = []
    /// Open ones that `fds` does not list.
    public var omittedFds = 0
    /// What the open ones were opened in, the most first; empty in a trace without marks.
    public var marks: [MarkShare] = []
    /// Such that `marks` does not list.
    public var omittedMarks = 0
    public var firstOpenedNs: UInt64?
    public var lastOpenedNs: UInt64?
    /// Where its other descriptors are closed, the most used first.
    public var closers: [Closer] = []
    /// Places where others are closed that `closers` does not list.
    public var omittedClosers = 0
    /// Of a leak or suspect of which none is closed: where others are that the same line of the
    /// program opens, called another way; the place that closes most. Nil when there is none.
    public var closedElsewhere: Closer? {
      get { elsewhere.first }
      set { elsewhere = newValue.map { [$0] } ?? [] }
    }
    /// One at most: few of the many sites that a report may have need its room.
    private var elsewhere: [Closer] = []
    /// Last notable events of the open ones, the most frequent first.
    public var notes: [Note] = []
    /// Those of them that explain why they stayed open, as the reasons are ordered.
    public var causes: [Note] = []
    /// The strongest one.
    public var cause: Note? { causes.first }
    /// For a leak; nil when there is not enough for a rate.
    public var growth: Growth?
    /// Time until the limit is met by that growth; nil without a forecast.
    public var limitReachedInNs: UInt64?
    /// Of the first descriptors that a started program keeps by mistake.
    public var kept: Kept?
    /// What to change, as sentences; the most specific first.
    public var advice: [String] = []
    /// Against the baseline; nil without one.
    public var change: Change?
    /// By what its finding is suppressed; its verdict is `suppressed` then.
    public var suppressed: Suppressed?
    /// What is open of it at each moment, or was when its process ended, as in `live`; nil for
    /// sites that rank after many others, and where the filter left out some processes.
    public var timeline: Timeline.Line?

    public init(id: Int) { self.id = id }

    /// Descriptors that a started program keeps, and the call that started it.
    public struct Kept: Equatable, Sendable {
      public var handle: Handle
      public var start: Call
    }

    /// The verdict without suppressions.
    public var found: Verdict { suppressed?.verdict ?? verdict }

    /// How many of the open ones the verdict speaks of.
    public var judged: Int {
      guard found <= .suspect else { return live }
      return max(0, live - byProcess.reduce(0) { $0 + $1.apart })
    }

    /// Put in the place of 0 to 2: whoever has standard streams put them there.
    var isStandardStream: Bool { reasons.first?.code == "standard_stream" }

    /// Something is open, and its stack ends before all callers are told apart.
    var mayBeMixed: Bool {
      live > 0 && (stack.end == .cut || stack.end == .broken) && !isStandardStream
    }

    /// Of how many the peer has closed; nil where that is told of one of several processes, while
    /// `causes` are of all.
    var peersClosed: Int? {
      guard judgedProcess == nil else { return nil }
      return reasons.lazy.compactMap { reason in
        if case .peerClosed(let count, _, _, _, _) = reason.finding { count } else { nil }
      }.first
    }

    /// `Growth.steadiness`, or `not_enough_data` for a leak without one; nil for what is none.
    public var rateQuality: String? {
      growth?.steadiness ?? (found == .leak ? "not_enough_data" : nil)
    }
  }

  /// As `LeakAnalysis.SiteFinding.Sharing`, with the sites' calls.
  public struct Sharing: Equatable, Sendable {
    public var descriptors: Int
    public var original: Sharer?
    public var others: [Sharer] = []

    /// A site that has descriptors of the open file.
    public struct Sharer: Equatable, Sendable {
      /// `Site.id`.
      public var site: Int
      public var count: Int
      public var api: String?
      /// `server.c:88`.
      public var place: String?

      /// `dup() at server.c:88`.
      public var phrase: String {
        (api.map { "\($0)()" } ?? "a call") + (place.map { " at \($0)" } ?? "")
      }
    }
  }

  /// What one process, a `Process.id`, did at the site.
  public struct ProcessCounts: Equatable, Sendable {
    public var process: Int
    public var opened: UInt64
    public var closed: UInt64
    public var live: Int
    /// Of those, the ones that were not judged with the others.
    public var apart = 0
    /// Of the closed, the other ends of pairs of which one is open.
    public var otherEnds: UInt64 = 0
  }

  /// The block of a suppression file that speaks of a site.
  public struct Suppressed: Equatable, Sendable {
    /// Of the block, and where it stands.
    public var name: String
    public var file: String
    public var line: Int
    /// What the file says for it.
    public var reason: String?
    /// The verdict that it took the place of.
    public var verdict: Verdict
  }

  /// Why a verdict was given.
  public struct Reason: Equatable, Sendable {
    /// Stable name for scripts, as `LeakAnalysis.Reason.code`.
    public var code: String
    /// A sentence.
    public var text: String
    /// The numbers behind it, by their JSON names.
    public var data: [String: JSONValue] = [:]
    /// Where the call stands that the reason speaks of.
    public var stack: Stack?
    /// What `text` and `data` were made of; nil when that was something else.
    public var finding: LeakAnalysis.Reason?

    /// It says the same of every process that holds some of `site`.
    func isOfAll(of site: Report.Site) -> Bool {
      switch finding {
      case .abandonedAfterFailure(_, _, _, _, let of, _): of == site.live
      case .knownHolder, .libcKeeps, .single, .singleton, .standardStream, .duplicates,
        .manyWays, .missingCloseOnExec, .limitHit:
        true
      // What a suppression says.
      case nil: true
      default: false
      }
    }
  }

  /// A call that closed descriptors of the site, over the whole tree.
  public struct Closer: Equatable, Sendable {
    public var api: String
    public var stack: Stack
    public var count: UInt64
    /// As `Site.ends`, of what was closed here.
    public var ends = EndCounts()
    /// Lifetimes of what was closed here; the median to a factor of two.
    public var minNs: UInt64?
    public var medianNs: UInt64?
    public var maxNs: UInt64?
    public var lastNs: UInt64?
    /// As `LeakAnalysis.SiteFinding.CloseSite.isAtEnd`.
    public var isAtEnd = false
  }

  /// Notable events of equal call, error and stack.
  public struct Note: Equatable, Sendable {
    public var api: String
    /// errno; 0 for a success that matters.
    public var error: Int32
    public var errorName: String?
    public var stack: Stack
    public var count: Int
    /// How many are open at the site.
    public var of: Int

    /// Such as `ECONNREFUSED`, or `errno 1000` where that has no name.
    var errorText: String { (errorName ?? "errno \(error)") + (isTimeout ? " (a timeout)" : "") }

    /// A read that found the peer's end.
    var isReadEnd: Bool { error == 0 && CallName.reads(api) }

    /// A wait that a timeout of the program ended.
    var isTimeout: Bool { CallName.isTimeout(error, of: api) }
  }

  /// How what stayed open came about over time.
  public struct Growth: Equatable, Sendable {
    public var perHour: Double
    /// R² of a straight line.
    public var fit: Double
    /// `steady`, `uneven` or `bursts`.
    public var steadiness: String
    /// What ended it; nil while it may go on.
    public var end: LeakAnalysis.Growth.End?
  }
}
