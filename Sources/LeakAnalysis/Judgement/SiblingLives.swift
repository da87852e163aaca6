import TraceModel

/// How long the closed descriptors of a site lived, as far as the trace tells: it counts them by
/// powers of four.
struct SiblingLives {
  private let closers: [(stack: StackNumber, record: CloserRecord)]

  /// - Parameter closers: where they were closed.
  init(_ closers: [(stack: StackNumber, record: CloserRecord)]) { self.closers = closers }

  /// How many lived for `ticks` or longer, at most: those of the power that this falls into count.
  func count(for ticks: UInt64) -> UInt64 {
    var count: UInt64 = 0
    for (_, closer) in closers where closer.maxTicks >= ticks {
      let long = closer.lifetimes.dropFirst(CloserRecord.bucket(of: ticks))
      count = long.reduce(count) { $0.addingWithSaturation(UInt64($1)) }
    }
    return count
  }
}
