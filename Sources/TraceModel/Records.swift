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

/// A loss counter of the trace that is not zero.
public struct Loss: Equatable, Sendable {
  /// Stable name for JSON.
  public internal(set) var name: String
  /// What a user should understand.
  public internal(set) var text: String
  public internal(set) var count: UInt64
}
