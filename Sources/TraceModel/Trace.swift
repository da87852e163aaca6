/// A whole trace as immutable values.
public struct Trace: Equatable, Sendable {
  public internal(set) var info: TraceInfo
  public internal(set) var clock: TraceClock
  /// Names of the interposed functions by call number; slot 0 is the empty name.
  public internal(set) var calls: [String] = []
  /// In order of `id`; slots that were never published are left out.
  public internal(set) var processes: [TracedProcess] = []
  /// In order of `number`; gaps are left out.
  public internal(set) var modules: [Module] = []
  public internal(set) var stacks: StackStore
  public internal(set) var sites: [SiteRecord] = []
  public internal(set) var closers: [CloserRecord] = []
  public internal(set) var misuses: [MisuseRecord] = []
  /// In order of `id`; none in traces of recorders that knew none.
  public internal(set) var marks: [MarkRecord] = []
  public internal(set) var events: EventRing
  /// Counters that are not zero, in the format's order.
  public internal(set) var losses: [Loss] = []
  /// Records and references that contradict the format and were left out, and records that
  /// are missing: 0 in a sound trace; more says that the file is damaged.
  public internal(set) var damaged: Int = 0

  /// Live tables had no room for all that was open. Then they, and counters of what was closed,
  /// tell the least that it can have been, and peaks tell nothing.
  public var lacksDescriptors: Bool { losses.contains { Loss.ofDescriptors.contains($0.name) } }

  /// Says that processes of the trace still live at that moment of CLOCK_MONOTONIC: what they
  /// hold has been held until then.
  public mutating func lives(atMonotonicNs now: UInt64) {
    guard let ticks = clock.moment(monotonicNs: now) else { return }
    clock.latestTicks = max(clock.latestTicks, ticks)
  }

  /// The name of a call number; empty when the trace does not name it.
  public func callName(_ call: UInt16) -> String {
    Int(call) < calls.count ? calls[Int(call)] : ""
  }
}

/// What the header tells.
public struct TraceInfo: Equatable, Sendable {
  public internal(set) var traceID: UInt64 = 0
  public internal(set) var host: String?
  public internal(set) var kernel: String?
  public internal(set) var libc: String?
}
