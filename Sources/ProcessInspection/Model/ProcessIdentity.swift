/// Which process it is.
public struct ProcessIdentity: Equatable, Sendable {
  /// As it was asked for: a process, or one of its threads.
  public var pid: Int
  /// The process that the thread belongs to; `pid` for a process.
  public var process: Int
  /// The kernel's short name of it.
  public var name: String
  public var executable: String?
  public var arguments: [String] = []
  public var parent: Int
  public var threads: Int
  public var user: Int?
  /// Clock ticks from the boot to its start.
  public var startTicks: UInt64
  /// Nanoseconds from then to the last look.
  public var ageNs: UInt64?
  /// Its network namespace is another than this program's.
  public var isInOtherNetwork = false
  /// Its first thread has ended, and the others go on.
  public var hasLostItsLeader = false
  /// It ended while it was looked at more than once.
  public var endedMeanwhile = false

  public init(
    pid: Int, process: Int? = nil, name: String, parent: Int = 0, threads: Int = 1,
    startTicks: UInt64 = 0
  ) {
    self.pid = pid
    self.process = process ?? pid
    self.name = name
    self.parent = parent
    self.threads = threads
    self.startTicks = startTicks
  }

  public var isThread: Bool { pid != process }
}
