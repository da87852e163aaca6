/// The most that were open within each interval of a line, the one that ends at a moment: counts at
/// the moments alone miss what was opened and closed between two of them.
///
/// What the ring tells comes in order of time, and what tables tell does not: of the latter an interval
/// counts what was closed, as that may have been before. So the most is never more than there was.
struct IntervalPeaks {
  private struct Interval {
    /// What came in order has changed the count by so much, and at most by so much after any change.
    var net: Int32 = 0
    var most = Int32.min
    /// What was closed out of order, as a negative number.
    var unordered: Int32 = 0
  }

  private var intervals: [Interval]

  init(count: Int) { intervals = Array(repeating: Interval(), count: count) }

  mutating func change(_ interval: Int, by amount: Int32, isOrdered: Bool) {
    if isOrdered {
      intervals[interval].net &+= amount
      intervals[interval].most = max(intervals[interval].most, intervals[interval].net)
    } else if amount < 0 {
      intervals[interval].unordered &+= amount
    }
  }

  /// - Parameter changes: all of each interval together.
  func counts(_ changes: ArraySlice<Int32>) -> [Int] {
    var count = 0
    return zip(intervals, changes).map { interval, change in
      let start = count
      count += Int(change)
      guard interval.most > .min else { return max(0, count) }
      return max(0, count, start + Int(interval.most) + Int(interval.unordered))
    }
  }
}
