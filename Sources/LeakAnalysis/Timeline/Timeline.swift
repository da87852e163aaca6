/// How many descriptors were open over the trace's time, at moments of equal distance, the
/// last of them the last end of a process.
///
/// What the ring still tells and what the tables tell are joined: the last count of a line
/// is exact whatever the ring has lost. Where it has lost the older events, a line is known
/// from some moment on, and before that the part which tables tell: what is still open.
public struct Timeline: Equatable, Sendable {
  /// Moments, the first and the last included.
  public static let length = 120
  /// Lines of sites, and lines of processes, at most.
  public static let lineLimit = 512

  /// Nanoseconds since the trace started, in ascending order.
  public internal(set) var momentsNs: [UInt64] = []
  /// What the processes have that live at each moment.
  public internal(set) var tree = Line()
  /// By `ProcessFinding.id`, of those that had most at once: from the start of the process to
  /// its end, where it has `openAtEnd`.
  public internal(set) var processes: [Int: Line] = [:]
  /// For each count of a process's line, the most that it had since the moment before.
  public internal(set) var peaks: [Int: [Int]] = [:]
  /// By `SiteFinding.id`, of those that rank first: what is open of it, and was open at the
  /// end of a process, as in `SiteFinding.live`.
  public internal(set) var sites: [Int: Line] = [:]

  /// The counts of the tree, of one process or of one site.
  public struct Line: Equatable, Sendable {
    /// The moment of the first count.
    public internal(set) var first = 0
    /// One for each moment from `first` on; never negative.
    public internal(set) var counts: [Int] = []
    /// Counts before this moment are lower bounds; 0 when all are known.
    public internal(set) var knownFromNs: UInt64 = 0
  }
}
