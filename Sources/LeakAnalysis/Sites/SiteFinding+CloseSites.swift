import TraceModel

extension SiteFinding {
  /// Closers of one stack and call, over all processes, as one.
  static func closeSites(
    of group: SiteGroup, _ trace: Trace, _ pairEnds: PairEnds, _ late: LateCloses
  ) -> [CloseSite] {
    struct Key: Hashable {
      var stack: StackNumber
      var call: UInt16
    }
    struct Sum {
      var count: UInt64 = 0
      var isAtEnd = true
      var minTicks: UInt64 = .max
      var maxTicks: UInt64 = 0
      var lastTicks: UInt64 = 0
      var lifetimes = [UInt64](repeating: 0, count: CloserRecord.buckets)
    }
    var sums: [Key: Sum] = [:]
    for (stack, closer) in group.closers where closer.count > 0 {
      let key = Key(stack: stack, call: closer.call)
      var sum = sums[key] ?? Sum()
      sum.count = sum.count.addingWithSaturation(closer.count)
      sum.isAtEnd = sum.isAtEnd && late.made(closer)
      sum.minTicks = min(sum.minTicks, closer.minTicks)
      sum.maxTicks = max(sum.maxTicks, closer.maxTicks)
      sum.lastTicks = max(sum.lastTicks, closer.lastTicks)
      for (bucket, count) in closer.lifetimes.prefix(sum.lifetimes.count).enumerated() {
        sum.lifetimes[bucket] += UInt64(count)
      }
      sums[key] = sum
    }
    return sums.map { key, sum in
      let median = medianTicks(
        sum.lifetimes, within: min(sum.minTicks, sum.maxTicks)...sum.maxTicks)
      return CloseSite(
        api: trace.callName(key.call), stack: key.stack, count: sum.count,
        ends: pairEnds.closed(at: group.id, by: key.stack, key.call),
        minNs: trace.clock.duration(sum.minTicks == .max ? 0 : sum.minTicks),
        medianNs: median.flatMap(trace.clock.duration),
        maxNs: trace.clock.duration(sum.maxTicks),
        lastNs: trace.clock.nanoseconds(at: sum.lastTicks), isAtEnd: sum.isAtEnd)
    }.sorted { ($1.count, $0.stack, $0.api) < ($0.count, $1.stack, $1.api) }
  }

  /// The geometric middle of what the bucket that holds the median can be, as all lie within
  /// `range`.
  private static func medianTicks(
    _ lifetimes: [UInt64], within range: ClosedRange<UInt64>
  ) -> UInt64? {
    let total = lifetimes.reduce(0, +)
    guard total > 0 else { return nil }
    var seen: UInt64 = 0
    for (bucket, count) in lifetimes.enumerated() {
      seen += count
      guard seen * 2 >= total else { continue }
      // The first and the last one have no end.
      let least = bucket == 0 ? 0 : UInt64(1) << UInt64(2 * bucket + 10)
      let most = bucket + 1 == lifetimes.count ? .max : UInt64(1) << UInt64(2 * bucket + 12)
      let possible = (least...most).clamped(to: range)
      let (low, high) = (Double(possible.lowerBound), Double(possible.upperBound))
      return UInt64(exactly: (low.squareRoot() * high.squareRoot()).rounded()).map {
        min(max($0, possible.lowerBound), possible.upperBound)
      }
    }
    return nil
  }
}
