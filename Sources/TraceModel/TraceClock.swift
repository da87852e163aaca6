/// Relates the trace's ticks to time.
public struct TraceClock: Equatable, Sendable {
  /// The moment that times count from.
  public internal(set) var originTicks: UInt64 = 0
  /// `originTicks` in nanoseconds since 1970; nil when not recorded.
  public internal(set) var originRealtimeNs: UInt64?
  /// `originTicks` on CLOCK_MONOTONIC; nil when not recorded.
  public internal(set) var originMonotonicNs: UInt64?
  /// Nanoseconds per tick as a fraction; nil when the trace does not tell.
  public internal(set) var scale: Scale?
  /// The latest moment that the trace tells of.
  public internal(set) var latestTicks: UInt64 = 0

  /// So many nanoseconds are so many ticks.
  public struct Scale: Equatable, Sendable {
    public internal(set) var nanoseconds: UInt64
    public internal(set) var ticks: UInt64
  }

  /// Nanoseconds from the origin to `ticks`, 0 for earlier ones; nil when the
  /// scale is not known.
  public func nanoseconds(at ticks: UInt64) -> UInt64? {
    duration(ticks.subtractingWithSaturation(originTicks))
  }

  /// The length of `ticks` in nanoseconds, clamped; nil when the scale is not known.
  public func duration(_ ticks: UInt64) -> UInt64? {
    guard let scale, scale.ticks > 0 else { return nil }
    let product = ticks.multipliedFullWidth(by: scale.nanoseconds)
    guard product.high < scale.ticks else { return .max }
    return scale.ticks.dividingFullWidth(product).quotient
  }

  /// The ticks in `nanoseconds`, clamped; nil when the scale is not known.
  public func ticks(_ nanoseconds: UInt64) -> UInt64? {
    guard let scale, scale.nanoseconds > 0 else { return nil }
    let product = nanoseconds.multipliedFullWidth(by: scale.ticks)
    guard product.high < scale.nanoseconds else { return .max }
    return scale.nanoseconds.dividingFullWidth(product).quotient
  }

  /// The ticks at a moment of CLOCK_MONOTONIC after the origin; nil for others, and when the trace
  /// does not tell how they relate.
  public func moment(monotonicNs: UInt64) -> UInt64? {
    guard let origin = originMonotonicNs, monotonicNs > origin else { return nil }
    return ticks(monotonicNs - origin).map(originTicks.addingWithSaturation)
  }
}
