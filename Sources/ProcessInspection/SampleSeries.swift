import SystemPackage

/// Several looks at the same process.
struct SampleSeries {
  private(set) var last: DescriptorSample?
  private var samples: [DescriptorGrowth.Sample] = []
  /// Where the numbers led at first, and at last.
  private var first: [Int: String]?
  private var start: UInt64 = 0
  /// From the first look to the last.
  private(set) var spanNs: UInt64 = 0

  /// Throws ESRCH or ENOENT when the process has ended, and then keeps what it had before.
  mutating func take(_ task: borrowing LiveTask, at moment: UInt64) throws(Errno) {
    let sample = try DescriptorSample(task)
    // At its end a process closes all while it may still be read: what was seen is a part.
    guard !task.hasEnded else { throw .noSuchProcess }
    if last == nil { start = moment }
    if samples.isEmpty { first = sample.descriptors.map(Self.links) }
    spanNs = moment.subtractingWithSaturation(start)
    if let count = sample.count {
      let groups = sample.descriptors.map { Dictionary(grouping: $0, by: \.groupKey) } ?? [:]
      samples.append(.init(atNs: spanNs, count: count, groups: groups.mapValues(\.count)))
    }
    last = sample
  }

  /// Nil for a single look.
  var growth: DescriptorGrowth? {
    guard let first, let last = last?.descriptors.map(Self.links) else {
      return DescriptorGrowth(samples)
    }
    return DescriptorGrowth(
      samples, opened: last.count { first[$0.key] != $0.value },
      closed: first.count { last[$0.key] != $0.value })
  }

  private static func links(_ descriptors: [OpenDescriptor]) -> [Int: String] {
    Dictionary(descriptors.map { ($0.fd, $0.link) }) { first, _ in first }
  }
}
