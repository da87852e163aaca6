import TraceModel

/// What is open at one moment, and since when: a reading of a live trace, added up by call site.
public struct WatchSample: Equatable, Sendable {
  /// A call site of the tree: equal stacks and the same function.
  public struct SiteID: Hashable, Comparable, Sendable {
    public var stack: StackNumber
    public var call: UInt16

    public init(stack: StackNumber, call: UInt16) { (self.stack, self.call) = (stack, call) }

    public static func < (a: Self, b: Self) -> Bool { (a.stack, a.call) < (b.stack, b.call) }
  }

  /// What is open of one site, and what was opened and closed there so far.
  public struct Site: Equatable, Sendable {
    public var id: SiteID
    /// The function that was called, as the trace names it.
    public var api: String
    public var kind = "unknown"
    /// Open now in the process that opened it, over exec.
    public var live = 0
    public var opened: UInt64 = 0
    public var closed: UInt64 = 0
    /// How long the oldest of the live ones has been open; nil when that cannot be told.
    public var ageNs: UInt64?
    /// Whether it has what another site had at the look before, or the other way round: that its
    /// counts are others is no growth.
    public var isRecounted = false
    /// How many stacks of one line it is the sum of; `id` is one of them.
    public var ways = 1
    /// How many of them hold what is live; where nothing is, all.
    public var waysTold = 1

    public init(id: SiteID, api: String) { (self.id, self.api) = (id, api) }
  }

  /// One that runs.
  public struct Process: Equatable, Sendable {
    /// `TracedProcess.id`.
    public var id: Int
    public var pid: Int
    /// The program's file name; nil also for those far down.
    public var program: String?
    /// All that it has open, whoever opened it.
    public var open = 0
    /// nil when unlimited or unknown.
    public var limit: UInt64?
    public var peak: UInt32 = 0

    public init(id: Int, pid: Int) { (self.id, self.pid) = (id, pid) }

    /// The part of the limit that is used; 0 without one.
    public var load: Double { limit.map { Double(open) / Double(max($0, 1)) } ?? 0 }
  }

  /// Seconds on the clock of who watches, for rates.
  public var seconds: Double
  /// The nearest to its limit first, then the one with most open.
  public var processes: [Process] = []
  /// In no order that means anything.
  public var sites: [Site] = []
  /// The program that the trace, or the chosen process, began with.
  public var program: String?
  public var pid: Int?
  /// Of all running processes of the trace, chosen or not; in order.
  public var pids: [Int] = []
  /// Stacks that have another number than at the look before, and which.
  public var renumbered: [StackNumber: StackNumber] = [:]
  /// What did not fit into the trace.
  public var losses: [String] = []

  public init(seconds: Double) { self.seconds = seconds }

  /// All that the running processes have open.
  public var open: Int { processes.reduce(0) { $0 + $1.open } }
}
