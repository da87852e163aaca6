import TraceModel

/// Where processes closed what they had opened at each site, and after how long: what one closes
/// at its end as it has closed others before is its ordinary work, which ends then, too.
struct SiteClosings {
  /// What one process did at one site.
  struct Share: Hashable {
    /// `SiteGroup.id`
    var site: Int
    var process: Int
  }

  fileprivate struct Closings {
    var count: UInt64 = 0
    var byPlace: [LateNumbers.Place: UInt64] = [:]
    /// As `CloserRecord.lifetimes`.
    var lifetimes = [UInt64](repeating: 0, count: CloserRecord.buckets)
  }
  private var closings: [Share: Closings] = [:]

  init(_ trace: Trace, of processes: Set<Int>, _ grouping: SiteGrouping) {
    var shares: [UInt32: Share] = [:]
    for site in trace.sites where processes.contains(site.process) {
      shares[site.id] = grouping.group(ofSite: site.id).map {
        Share(site: $0, process: site.process)
      }
    }
    for closer in trace.closers {
      guard let share = shares[closer.site] else { continue }
      let place = LateNumbers.Place(closer)
      closings[share, default: Closings()].add(closer, at: place)
    }
  }

  /// How many a process closed of a site.
  func count(of site: Int, in process: Int) -> UInt64 {
    closings[Share(site: site, process: process)]?.count ?? 0
  }

  /// Those of `late`, closed at the end of a process, that it did not close as it had closed as
  /// many others of the site before: at the same place, or after as long a life.
  func unusual(
    _ late: [LateNumbers.Number], of site: Int, in process: Int
  ) -> [LateNumbers.Number] {
    guard let all = closings[Share(site: site, process: process)] else { return late }
    let places = Dictionary(grouping: late, by: \.closer).mapValues { UInt64($0.count) }
    var lived = [UInt64](repeating: 0, count: CloserRecord.buckets)
    for number in late { lived[number.lifetime] += 1 }
    let earlier = all.count.subtractingWithSaturation(UInt64(late.count))
    return late.filter { number in
      let here = places[number.closer] ?? 0
      if (all.byPlace[number.closer] ?? 0).subtractingWithSaturation(here) >= here { return false }
      let asLong = lived[number.lifetime...].reduce(0, +)
      let before = all.lifetimes[number.lifetime...].reduce(0, +)
      return min(before.subtractingWithSaturation(asLong), earlier) < asLong
    }
  }
}

extension SiteClosings.Closings {
  fileprivate mutating func add(_ closer: CloserRecord, at place: LateNumbers.Place) {
    count = count.addingWithSaturation(closer.count)
    byPlace[place] = (byPlace[place] ?? 0).addingWithSaturation(closer.count)
    for (bucket, count) in closer.lifetimes.prefix(lifetimes.count).enumerated() {
      lifetimes[bucket] += UInt64(count)
    }
  }
}

extension LateNumbers.Number {
  /// The bucket of how long it was open.
  fileprivate var lifetime: Int {
    CloserRecord.bucket(of: closedTicks.subtractingWithSaturation(openedTicks))
  }
}
