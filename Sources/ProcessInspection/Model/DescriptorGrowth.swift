import TraceModel

/// How the number of open descriptors changed while it was looked at several times.
public struct DescriptorGrowth: Equatable, Sendable {
  /// What was open at one moment.
  public struct Sample: Equatable, Sendable {
    /// Nanoseconds since the first one.
    public var atNs: UInt64
    public var count: Int
    public var groups: [DescriptorGroup.Key: Int]

    public init(atNs: UInt64, count: Int, groups: [DescriptorGroup.Key: Int] = [:]) {
      self.atNs = atNs
      self.count = count
      self.groups = groups
    }
  }

  /// Two at least, in order.
  public var samples: [Sample]
  /// Between the first and the last: numbers that lead elsewhere than before, and numbers that
  /// lead no more where they led. What came and went in between is not among them. Nil when
  /// only counts could be read.
  public var opened: Int?
  public var closed: Int?

  /// Nil for fewer than two samples.
  public init?(_ samples: [Sample], opened: Int? = nil, closed: Int? = nil) {
    guard samples.count >= 2 else { return nil }
    self.samples = samples
    self.opened = opened
    self.closed = closed
  }

  public var first: Sample { samples[0] }
  public var last: Sample { samples[samples.count - 1] }
  /// By how much it grew from the first to the last; negative when it shrank.
  public var change: Int { last.count - first.count }
  public var overNs: UInt64 { last.atNs.subtractingWithSaturation(first.atNs) }
  public var highest: Int { samples.map(\.count).max() ?? 0 }

  /// How many of the intervals between samples ended with more than they began with.
  public var growingIntervals: Int {
    zip(samples, samples.dropFirst()).count { $0.count < $1.count }
  }

  /// Descriptors an hour, from the first to the last.
  public var perHour: Double? {
    overNs > 0 ? Double(change) / Double(overNs) * 3_600_000_000_000 : nil
  }

  /// Nanoseconds until `limit` are open, if it goes on like this. Nil when it does not grow.
  public func timeNs(to limit: UInt64) -> UInt64? {
    guard change > 0, overNs > 0 else { return nil }
    let free = limit.subtractingWithSaturation(UInt64(last.count))
    let time = Double(free) / Double(change) * Double(overNs)
    return time < 9e18 ? UInt64(time) : nil
  }

  /// Groups that changed, those that grew most first.
  public var changes: [(key: DescriptorGroup.Key, from: Int, to: Int)] {
    Set(first.groups.keys).union(last.groups.keys)
      .map { ($0, first.groups[$0] ?? 0, last.groups[$0] ?? 0) }
      .filter { $0.1 != $0.2 }
      .sorted { a, b in (b.2 - b.1, a.0) < (a.2 - a.1, b.0) }
      .map { (key: $0.0, from: $0.1, to: $0.2) }
  }
}
