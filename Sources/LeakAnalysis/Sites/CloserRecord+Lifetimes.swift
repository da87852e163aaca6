import TraceModel

extension CloserRecord {
  /// How many buckets of lifetimes there are.
  static let buckets = 16

  /// The one that counts a lifetime.
  static func bucket(of ticks: UInt64) -> Int {
    let bits = UInt64.bitWidth - 1 - ticks.leadingZeroBitCount
    return min(max(0, (bits - 10) / 2), buckets - 1)
  }
}
