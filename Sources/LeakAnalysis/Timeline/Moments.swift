/// The moments of a timeline, in ticks.
struct Moments {
  let ticks: [UInt64]
  /// Where the latest one looked for is: the next is most likely there, too.
  private var latest = 0

  /// Nil where no time passed.
  init?(from start: UInt64, to end: UInt64) {
    guard start < end else { return nil }
    let last = UInt64(Timeline.length - 1)
    let (whole, rest) = (end - start).quotientAndRemainder(dividingBy: last)
    ticks = (0...last).map { start + whole * $0 + rest * $0 / last }
  }

  /// The first moment that is not before `time`, or the last one.
  mutating func index(of time: UInt64) -> Int {
    if ticks[latest] >= time, latest == 0 || ticks[latest - 1] < time { return latest }
    var (low, high) = (0, ticks.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if ticks[middle] < time { low = middle + 1 } else { high = middle }
    }
    latest = low
    return low
  }
}
