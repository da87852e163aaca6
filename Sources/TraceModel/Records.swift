/// A loaded object (`struct fdt_module`).
public struct Module: Equatable, Sendable {
  /// Slot + 1, as in `Frame.code`.
  public internal(set) var number: Int
  public internal(set) var path: String?
  public internal(set) var buildID: [UInt8] = []
  /// Lowest and highest link-time address of its segments.
  public internal(set) var start: UInt64 = 0
  public internal(set) var end: UInt64 = 0
}

/// Counters of one (process, open stack, call); exact (`struct fdt_site`).
public struct SiteRecord: Equatable, Sendable {
  /// Slot + 1.
  public internal(set) var id: UInt32
  /// `TracedProcess.id`.
  public internal(set) var process: Int
  public internal(set) var stack: StackNumber = 0
  /// Slot in `Trace.calls`.
  public internal(set) var call: UInt16 = 0
  /// Of the first one opened.
  public internal(set) var kind: DescriptorKind = .unknown
  public internal(set) var opened: UInt64 = 0
  public internal(set) var closed: UInt64 = 0
  public internal(set) var firstTicks: UInt64 = 0
  public internal(set) var lastTicks: UInt64 = 0
  public internal(set) var peakTicks: UInt64 = 0
  public internal(set) var peak: UInt32 = 0
  /// Open when the process first met EMFILE or ENFILE.
  public internal(set) var atLimit: UInt32 = 0
}

/// Where descriptors of one site end (`struct fdt_closer`).
public struct CloserRecord: Equatable, Sendable {
  /// `SiteRecord.id` of what is closed here.
  public internal(set) var site: UInt32
  public internal(set) var stack: StackNumber = 0
  /// Slot in `Trace.calls`.
  public internal(set) var call: UInt16 = 0
  public internal(set) var count: UInt64 = 0
  public internal(set) var minTicks: UInt64 = 0
  public internal(set) var maxTicks: UInt64 = 0
  public internal(set) var lastTicks: UInt64 = 0
  /// Bucket i counts lifetimes of 2^(2i+10) to 2^(2i+12) ticks; both ends are open.
  public internal(set) var lifetimes: [UInt32] = []
}

/// A wrong use of descriptor numbers, and how often (`struct fdt_misuse`).
public struct MisuseRecord: Equatable, Sendable {
  /// `enum fdt_misuse_kind`.
  public enum Kind: Equatable, Sendable {
    /// A close failed with EBADF, of a number that had been closed.
    case closeAgain
    /// A close failed with EBADF, of a number that was never open.
    case closeUnknown
    /// A close took the descriptor of a stream from it.
    case closeOwned
    /// Another call failed with EBADF, on a number that had been closed.
    case useClosed
    /// Control data of a unix socket was cut.
    case cutMessage
  }

  /// A call, and who made it when.
  public struct Act: Equatable, Sendable {
    public internal(set) var stack: StackNumber = 0
    /// Slot in `Trace.calls`.
    public internal(set) var call: UInt16 = 0
    /// Kernel thread id.
    public internal(set) var thread: UInt32 = 0
    public internal(set) var ticks: UInt64 = 0
  }

  public internal(set) var kind: Kind
  /// `TracedProcess.id`.
  public internal(set) var process: Int
  /// The wrong call, the first time.
  public internal(set) var act = Act()
  /// Where the number's latest descriptor came from; stack 0: from nowhere.
  public internal(set) var opened = Act()
  /// Where it had been closed before; stack 0: nowhere.
  public internal(set) var closed = Act()
  public internal(set) var owner: Descriptor.Owner = .raw
  /// The numbers that it was done to lie from here to there.
  public internal(set) var fds: ClosedRange<Int>
  public internal(set) var count: UInt64 = 1
  /// Of the last time.
  public internal(set) var lastTicks: UInt64 = 0
  /// `SiteRecord.id` of the opener; 0 when not known.
  public internal(set) var site: UInt32 = 0
}

/// A loss counter of the trace that is not zero.
public struct Loss: Equatable, Sendable {
  /// Stable name for JSON.
  public internal(set) var name: String
  /// What a user should understand, to follow the count.
  public internal(set) var text: String
  /// The same of any count.
  public internal(set) var about: String
  public internal(set) var count: UInt64

  /// Those by which live tables hold less than was open.
  public static let ofDescriptors: Set = ["live_blocks", "fd_numbers"]
}
