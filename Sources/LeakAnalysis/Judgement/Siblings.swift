import TraceModel

/// What was closed of a site, over all processes: it tells how long what is open is in use. Times
/// are ticks.
struct Siblings {
  /// Of calls that make pairs those that left nothing open.
  let count: UInt64
  /// The longest life.
  let maxTicks: UInt64
  private let closers: [(stack: StackNumber, record: CloserRecord)]

  /// - Parameters:
  ///   - closers: where they were closed.
  ///   - otherEnds: of calls that make pairs, how many of the closed are other ends of what is open.
  init(_ closers: [(stack: StackNumber, record: CloserRecord)], otherEnds: UInt64?) {
    self.closers = closers
    let closed: UInt64 = closers.reduce(0) { $0.addingWithSaturation($1.record.count) }
    count = otherEnds.map { closed.subtractingWithSaturation($0) / 2 } ?? closed
    maxTicks = closers.lazy.map(\.record.maxTicks).max() ?? 0
  }

  /// How many lived for `ticks` or longer, at most: the trace counts lives by powers of four, and
  /// those of the power that this falls into count.
  func count(livingFor ticks: UInt64) -> UInt64 {
    var count: UInt64 = 0
    for (_, closer) in closers where closer.maxTicks >= ticks {
      let long = closer.lifetimes.dropFirst(CloserRecord.bucket(of: ticks))
      count = long.reduce(count) { $0.addingWithSaturation(UInt64($1)) }
    }
    return count
  }
}
