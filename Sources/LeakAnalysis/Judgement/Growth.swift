/// How descriptors that stayed open came about over time: the straight line, by
/// least squares, through (moment of the open, how many there were by then).
public struct Growth: Equatable, Sendable {
  /// How well a line tells it; the raw value is the name used in JSON.
  public enum Steadiness: String, Equatable, Sendable {
    case steady, uneven, bursts
  }

  /// The slope: descriptors that stay open per hour.
  public internal(set) var perHour: Double
  /// Coefficient of determination (R²): 1 for one after the other at equal intervals.
  public internal(set) var fit: Double

  public var steadiness: Steadiness {
    if fit >= Thresholds.steadyFit { return .steady }
    return fit >= Thresholds.unevenFit ? .uneven : .bursts
  }

  /// Nil when there are too few, or within too short a time, for a rate.
  /// - Parameter moments: nanoseconds, in any order.
  init?(_ moments: [UInt64]) {
    guard moments.count >= Thresholds.rateOpens, let first = moments.min(),
      let last = moments.max(), last - first >= Thresholds.rateSpanNs
    else { return nil }
    let times = moments.map { Double($0 - first) }.sorted()
    let size = Double(times.count)
    let meanTime = times.reduce(0, +) / size
    let meanCount = (size - 1) / 2
    var (together, ofTimes, ofCounts) = (0.0, 0.0, 0.0)
    for (count, time) in times.enumerated() {
      together += (time - meanTime) * (Double(count) - meanCount)
      ofTimes += (time - meanTime) * (time - meanTime)
      ofCounts += (Double(count) - meanCount) * (Double(count) - meanCount)
    }
    perHour = together / ofTimes * 3_600_000_000_000
    fit = together * together / (ofTimes * ofCounts)
  }

  /// Time until `free` more are open; nil where bursts tell nothing of the next.
  func timeNs(for free: UInt64) -> UInt64? {
    guard steadiness != .bursts, perHour > 0 else { return nil }
    let time = Double(free) / perHour * 3_600_000_000_000
    return time < 9e18 ? UInt64(time) : nil
  }
}
