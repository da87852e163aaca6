import SystemPackage
import TraceModel

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
  /// Whether other processes were searched for what this one holds.
  public var searchedOthers = false
  /// Names of what was hidden in it; empty when nothing was.
  public var redacted: [String] = []

  public init(process: ProcessIdentity) { self.process = process }
}

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
  /// Nanoseconds since then.
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

/// RLIMIT_NOFILE: one more than the highest number that a descriptor may get. Nil is unlimited.
public struct DescriptorLimit: Equatable, Sendable {
  public var soft: UInt64?
  public var hard: UInt64?

  public init(soft: UInt64?, hard: UInt64?) {
    self.soft = soft
    self.hard = hard
  }
}

/// A part that could not be seen. `description` is one line: what, and why.
public enum Unseen: Equatable, Sendable {
  /// The descriptors themselves: only their number is known, if that.
  case descriptors(errno: Int32)
  /// Flags and facts of some descriptors.
  case details(count: Int, errno: Int32)
  /// Sockets of another network namespace, seen without what only sock_diag(7) tells.
  case otherNetwork(errno: Int32)
  /// sock_diag(7) answered nothing for one sort, and the table of /proc was read instead.
  case socketDiagnostics(family: String, errno: Int32)
  /// Neither did the table.
  case sockets(family: String, errno: Int32)
  /// Other processes whose descriptors may not be read, of as many.
  case holders(count: Int, of: Int)
  /// /proc shows only some processes (`hidepid`).
  case hiddenProcesses
  /// Processes or descriptors beyond a bound were not searched.
  case searchEnded(after: Int)
}

extension Unseen {
  /// The stable name used in JSON.
  public var name: String {
    switch self {
    case .descriptors: "descriptors"
    case .details: "details"
    case .otherNetwork: "other_network"
    case .socketDiagnostics: "socket_diagnostics"
    case .sockets: "sockets"
    case .holders: "holders"
    case .hiddenProcesses: "hidden_processes"
    case .searchEnded: "search_ended"
    }
  }

  /// What the kernel refused it with.
  public var errno: Int32? {
    switch self {
    case .descriptors(let errno), .details(_, let errno), .otherNetwork(let errno),
      .socketDiagnostics(_, let errno), .sockets(_, let errno):
      errno
    case .holders, .hiddenProcesses, .searchEnded: nil
    }
  }

  /// The same in the system's words.
  public var reason: String? { errno.map { Errno(rawValue: $0).description } }
}
