/// What was found out about the descriptors of a running process.
///
/// Texts in it come from that process and others: they are hostile and unescaped.
public struct Inspection: Equatable, Sendable {
  public var process: ProcessIdentity
  /// Nil when it could not be read.
  public var limit: DescriptorLimit?
  /// Descriptors that are open; nil where the kernel does not tell.
  public var count: Int?
  /// By number; nil when they may not be read, which ``unseen`` explains.
  public var descriptors: [OpenDescriptor]?
  /// `CLOSE_WAIT` first, then the largest.
  public var groups: [DescriptorGroup] = []
  /// What is likely wrong, the worst first.
  public var findings: [InspectionFinding] = []
  /// Nil when it was looked at once only.
  public var growth: DescriptorGrowth?
  /// Threads that have a table of their own (unshare(2) with CLONE_FILES).
  public var threadsApart: [Int] = []
  /// What could not be seen, and why.
  public var unseen: [Unseen] = []
  /// Whom the kernel refused that.
  public var asker = Asker.user
  /// Whether other processes were searched for what this one holds.
  public var searchedOthers = false
  /// Names of what was hidden in it; empty when nothing was.
  public var redacted: [String] = []

  public init(process: ProcessIdentity) { self.process = process }
}
