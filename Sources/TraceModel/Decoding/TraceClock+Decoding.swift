import FDTrackFormat

extension TraceClock {
  /// A slope over less than this says less about the rate than the hint does.
  private static let shortestSlopeNs: UInt64 = 1_000_000

  /// As far as the header alone tells.
  public init(_ header: fdt_header) { self.init(header, earliestTicks: 0, latestTicks: 0) }

  /// `earliestTicks` and `latestTicks` are what the records tell, for a trace
  /// whose instants are missing.
  init(_ header: fdt_header, earliestTicks: UInt64, latestTicks: UInt64) {
    let first = Self.valid(header.first)
    let last = [header.last.0, header.last.1].compactMap(Self.valid)
      .max { $0.ticks < $1.ticks }
    originTicks = first?.ticks ?? earliestTicks
    originRealtimeNs = first?.realtime_ns
    originMonotonicNs = first?.monotonic_ns
    self.latestTicks = max(latestTicks, last?.ticks ?? 0, originTicks)
    if header.clock == FDT_CLOCK_MONOTONIC.rawValue {
      scale = Scale(nanoseconds: 1, ticks: 1)
      return
    }
    let hint =
      header.ticks_hz_hint == 0
      ? nil : Scale(nanoseconds: 1_000_000_000, ticks: header.ticks_hz_hint)
    guard let first, let last, last.ticks > first.ticks, last.monotonic_ns > first.monotonic_ns
    else {
      scale = hint
      return
    }
    let slope = Scale(
      nanoseconds: last.monotonic_ns - first.monotonic_ns, ticks: last.ticks - first.ticks)
    scale = slope.nanoseconds < Self.shortestSlopeNs ? hint ?? slope : slope
  }

  private static func valid(_ instant: fdt_instant) -> fdt_instant? {
    let check = instant.ticks ^ instant.monotonic_ns ^ instant.realtime_ns
    return check == instant.check && instant.ticks != 0 ? instant : nil
  }
}
