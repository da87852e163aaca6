import LeakAnalysis
import TraceModel

/// Findings joined with symbols and judged text: the one value that every renderer renders, so
/// that text, Markdown and JSON say the same.
///
/// Strings hold what the trace holds, unescaped; each renderer escapes for its own medium.
/// Times are nanoseconds since the trace started, nil when unknown.
public struct Report: Equatable, Sendable {
  public var trace: TraceSummary
  /// In order of `id`.
  public var processes: [Process] = []
  /// What is still open, worst first; with `includesAll` what was all closed comes last.
  public var sites: [Site] = []
  public var misuse: [Misuse] = []
  /// What programs said they were doing; what left most open comes first.
  public var marks: [Mark] = []
  /// What programs hold since an exec left it open, listeners first.
  public var inheritance: [KeptFile] = []
  /// Modules of the stacks' frames, by path.
  public var modules: [Module] = []
  /// Modules whose addresses stayed bare, by path.
  public var bareModules: [BareModule] = []
  /// Paths of the maps that name code that was made as the program ran.
  public var codeMaps: [String] = []
  /// The suppressions that it was held against, in their order.
  public var suppressions: [SuppressionUse] = []
  /// What was hidden in it, for whom it is to be shown to.
  public var redacted: RedactionScope = []
  /// With an earlier run, when there is one to compare with.
  public var comparison: Comparison?
  /// Nil when the trace does not tell how its ticks relate to time, or no time passed.
  public var timeline: Timeline?
  /// What the filter left out.
  public var omitted = Omitted()
  /// What was more than a report lists.
  public var unlisted = Unlisted()
  /// Sites that closed everything are listed, and held ones at full length.
  public var includesAll = false
  /// The folder that formats tell source files relative to, when one was asked for.
  public var sourceRoot: String?

  public init(trace: TraceSummary) { self.trace = trace }

  /// Where the trace comes from and what it could not hold.
  public struct TraceSummary: Equatable, Sendable {
    public var path: String
    /// The random number that its recorder gave it, as sixteen hexadecimal digits.
    public var id = String(repeating: "0", count: 16)
    /// Nanoseconds since 1970.
    public var startedRealtimeNs: UInt64?
    public var durationNs: UInt64?
    public var processCount = 0
    /// Of those, the ones that another one of them became by exec.
    public var execCount = 0
    public var eventsKept: UInt64 = 0
    public var eventsTotal: UInt64 = 0
    /// False when `eventsTotal` is an upper estimate.
    public var eventsTotalIsExact = true
    public var losses: [Loss] = []
    public var unseen: UInt64 = 0
    public var vanished: UInt64 = 0
    /// Records that contradict the format or are missing.
    public var damaged = 0
    public var host: String?
    public var kernel: String?
    public var libc: String?

    public init(path: String) { self.path = path }

    /// It had no room for all that was open: numbers of those open and closed are the least that
    /// there can have been.
    var lacksDescriptors: Bool {
      losses.contains { TraceModel.Loss.ofDescriptors.contains($0.name) }
    }
  }

  /// Something that the recorder had no room for, or could not see; `name` is that of
  /// `fdt_loss_name` in `fdtrack_format.h`.
  public struct Loss: Equatable, Sendable {
    public var name: String
    /// What a user should understand, to follow the count.
    public var text: String
    /// The same of any count.
    public var about: String
    public var count: UInt64

    public init(name: String, text: String, about: String? = nil, count: UInt64) {
      (self.name, self.text, self.about, self.count) = (name, text, about ?? text, count)
    }

    static let ofStackEnds: Set = ["stacks_broken", "stacks_cut"]
  }

  /// A module that could not be symbolized, or whose stripped file names nothing where a finding is.
  public struct BareModule: Equatable, Sendable {
    public var path: String
    /// In hexadecimal, nil when it has none.
    public var buildID: String?
    /// Stable name for scripts: `missing`, `not_a_file`, `other_build`, `stripped`,
    /// `unreadable`.
    public var code: String
    /// The reason as a sentence's part: "is another build".
    public var text: String
    /// Distinct addresses of it in the report's stacks that have no name.
    public var addresses: Int

    var isStripped: Bool { code == Reason.stripped.code }
  }

  /// What is in no list, since the trace holds more than a report tells.
  public struct Unlisted: Equatable, Sendable {
    /// Sites with open descriptors that rank after all that are listed, and their descriptors.
    public var sites = 0
    public var descriptors = 0
    public var misuses = 0
    /// Rows of the audit of what programs keep.
    public var keptFiles = 0
  }

  /// What one block of a suppression file did.
  public struct SuppressionUse: Equatable, Sendable {
    public var name: String
    public var file: String
    public var line: Int
    /// Findings that it suppressed, and their open descriptors: over the whole trace,
    /// whatever the filter left out.
    public var sites = 0
    public var descriptors = 0
  }

  /// Sites that the reader's filter left out, and their descriptors.
  public struct Omitted: Equatable, Sendable {
    /// Sites with open descriptors that the filter left out, and their descriptors.
    public var sites = 0
    public var descriptors = 0
    /// Of those sites, the ones with the verdict `leak`.
    public var leaks = 0
  }
}

extension Report {
  /// The process of that `id`, by binary search.
  public func process(_ id: Int) -> Process? {
    processes.sortedIndex(of: id, by: \.id).map { processes[$0] }
  }

  /// `sourceRoot`, or else where the first program was started: in a build, that is where its
  /// sources are more often than not.
  public var sourceFolder: String? {
    sourceRoot ?? processes.first?.cwd.flatMap { $0 == "/" ? nil : $0 }
  }

  public func sites(_ verdict: Verdict) -> [Site] { sites.filter { $0.verdict == verdict } }

  /// What is held by intention, but for standard streams: nobody asks who holds these.
  var heldSites: [Site] { sites(.held).filter { !$0.isStandardStream } }

  /// The open descriptors that a verdict speaks of.
  public func liveCount(_ verdict: Verdict) -> Int {
    sites.indices.reduce(0) { sites[$1].verdict == verdict ? $0 + sites[$1].judged : $0 }
  }

  public func siteCount(_ verdict: Verdict) -> Int {
    sites.indices.count { sites[$0].verdict == verdict }
  }

  /// Something went unrecorded or unseen: then nothing found is not the same as nothing there.
  public var isLossy: Bool { hasLosses || isCommandUnseen }

  /// Nothing tells that something went unseen, nor that nothing did.
  var mayHaveMissed: Bool {
    processes.contains { $0.endedAroundLibc || $0.isToldByRecordAlone }
  }

  /// Then nothing found is nothing there.
  var wasSeenInFull: Bool { !isLossy && !mayHaveMissed }

  /// Something of what was traced went unrecorded or unseen.
  var hasLosses: Bool { lacksMoreThanStackEnds || lacksStackEnds }

  /// Something else than the ends of stacks.
  var lacksMoreThanStackEnds: Bool {
    trace.damaged > 0 || trace.unseen > 0 || trace.vanished > 0
      || trace.losses.contains { !Loss.ofStackEnds.contains($0.name) }
  }

  /// A stack that ends early may stand for several ways, of which one leaks and others do not: that
  /// matters for what is open, and not where all was closed.
  private var lacksStackEnds: Bool {
    let isAny = trace.losses.contains { Loss.ofStackEnds.contains($0.name) }
    return isAny && (omitted.sites > 0 || unlisted.sites > 0 || sites.contains(where: \.mayBeMixed))
  }

  /// What people asked about is not what the trace tells of: the command was not traced, or not to
  /// its end, or it has code that calls the kernel past the recorder, and nobody asked the kernel.
  public var isCommandUnseen: Bool { processes.isCommandUnseen }

  var hasCommandOfDirectCalls: Bool { command?.isUnseenForDirectCalls ?? false }

  /// The command's process, when it was not traced, or not to its end.
  var untracedRoot: Process? { command.flatMap { $0.wasTracedToItsEnd ? nil : $0 } }

  private var command: Process? { processes.command }
}
