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
  /// What ended it; nil while it may go on.
  public internal(set) var end: End?

  /// Why no more stayed open.
  public enum End: Equatable, Sendable {
    /// The process met its limit; nil when it is not known when.
    case limit(atNs: UInt64?)
    /// None followed the last one for as long as all of them took.
    case rest(sinceNs: UInt64, forNs: UInt64)

    /// Stable name for JSON and scripts.
    public var code: String {
      switch self {
      case .limit: "limit"
      case .rest: "rest"
      }
    }

    public var atNs: UInt64? {
      switch self {
      case .limit(let moment): moment
      case .rest(let moment, _): moment
      }
    }
  }

  /// How long the process is known to have lived, and whether it met its limit.
  struct Life {
    var endNs: UInt64?
    /// When it first met its limit.
    var limitHitNs: UInt64?
    /// It has as many open as it may.
    var isFull = false
  }

  public var steadiness: Steadiness {
    if fit >= Thresholds.steadyFit { return .steady }
    return fit >= Thresholds.unevenFit ? .uneven : .bursts
  }

  /// Nil when there are too few, or within too short a time, for a rate.
  /// - Parameter moments: nanoseconds, in any order.
  init?(_ moments: [UInt64], in life: Life) {
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
    end = Self.end(of: first...last, in: life)
  }

  private static func end(of growth: ClosedRange<UInt64>, in life: Life) -> End? {
    let last = growth.upperBound
    func isRest(_ end: UInt64) -> Bool { end > last && end - last >= last - growth.lowerBound }
    if let hit = life.limitHitNs, hit >= last, !isRest(hit) { return .limit(atNs: hit) }
    if let end = life.endNs, isRest(end) { return .rest(sinceNs: last, forNs: end - last) }
    return life.isFull ? .limit(atNs: nil) : nil
  }

  /// Time until `free` more are open; nil where bursts tell nothing of the next, and once it has
  /// ended.
  func timeNs(for free: UInt64) -> UInt64? {
    guard end == nil, steadiness != .bursts, perHour > 0 else { return nil }
    let time = Double(free) / perHour * 3_600_000_000_000
    return time < 9e18 ? UInt64(time) : nil
  }
}
