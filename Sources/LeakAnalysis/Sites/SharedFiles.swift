import TraceModel

/// Open files that several descriptors are duplicates of, and the sites that made those.
struct SharedFiles {
  /// One open file, over all processes that opened descriptors of it themselves.
  struct File {
    /// What is open of it now.
    var descriptors = 0
    /// With how many each, the most first; a few.
    var sites: [(site: Int, count: Int)] = []
  }

  private var files: [UInt32: File] = [:]
  private let lineage: Lineage
  private let grouping: SiteGrouping

  init(_ trace: Trace, _ grouping: SiteGrouping) {
    self.grouping = grouping
    lineage = Lineage(trace.processes)
    var counts: [UInt32: [Int: Int]] = [:]
    for group in grouping.groups {
      for share in grouping.shares(of: group) {
        for descriptor in grouping.live(share) where descriptor.object != 0 {
          counts[descriptor.object, default: [:]][group.id, default: 0] += 1
        }
      }
    }
    files = counts.mapValues { counts in
      let sites = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      return File(
        descriptors: sites.reduce(0) { $0 + $1.value },
        sites: sites.prefix(Thresholds.eventGroups).map { ($0.key, $0.value) })
    }
  }

  /// How many open files these are descriptors of.
  static func count(_ descriptors: some Sequence<Descriptor>) -> Int {
    var (objects, single): (Set<UInt32>, Int) = ([], 0)
    for descriptor in descriptors {
      if descriptor.object == 0 { single += 1 } else { objects.insert(descriptor.object) }
    }
    return objects.count + single
  }

  /// What there is to tell of a site whose open descriptors are `live`: nil when none is a
  /// duplicate, or they are of several open files, too many to be told apart.
  func sharing(
    of live: HeldAtSite, at site: Int
  ) -> SiteFinding.Sharing? {
    guard live.isOneObject, let first = live.first, let file = files[first.object],
      file.descriptors > 1
    else { return nil }
    let root = lineage.root(of: first)
    return .init(
      descriptors: file.descriptors,
      original: root.isSameOpening(as: first) ? nil : grouping.group(of: root),
      others: file.sites.filter { $0.site != site }.map { .init(site: $0.site, count: $0.count) })
  }
}
