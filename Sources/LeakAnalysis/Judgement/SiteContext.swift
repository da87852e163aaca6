import TraceModel

/// What all sites are held against.
final class SiteContext: Sendable {
  let trace: Trace
  let grouping: SiteGrouping
  let source: OpenDescriptors.Source
  /// By `TracedProcess.id`.
  let processes: [Int: CaseProcess]
  /// By the number of the call.
  let calls: [UInt16: CaseCall]
  /// By `SiteGroup.id`: what nobody meant programs to keep.
  let kept: [Int: KeptOfSite]
  let shared: SharedFiles
  let heirs: Heirs
  let marks: Marks
  let late: LateCloses
  let places: SharedPlaces
  var pairEnds: PairEnds { source.pairEnds }

  init(
    _ trace: Trace, _ views: [ProcessView], _ grouping: SiteGrouping, _ holders: KnownHolders,
    _ inheritance: InheritanceAudit, _ handedOver: HandedOver, _ source: OpenDescriptors.Source,
    _ children: ChildrenView, _ late: LateCloses, _ places: SharedPlaces
  ) {
    self.trace = trace
    self.grouping = grouping
    self.source = source
    self.late = late
    self.places = places
    calls = Dictionary(
      Set(grouping.groups.lazy.map(\.call)).map { ($0, CaseCall(trace.callName($0), holders)) }
    ) { first, _ in first }
    let lastOpens = Self.lastOpens(trace)
    let lastCloses = Self.lastCloses(trace, grouping)
    let work = WorkHistory(trace, of: grouping.processes(holding: Thresholds.spreadOpens))
    let marks = Marks(trace)
    self.marks = marks
    processes = Dictionary(
      views.map {
        let id = $0.process.id
        return (
          id,
          CaseProcess(
            $0, trace, grouping.stacks, lastOpenTicks: lastOpens[id] ?? 0,
            lastCloses: lastCloses[id] ?? [:], children: children,
            handedOver: handedOver.numbers(of: id), work: work, marks: marks)
        )
      }
    ) { first, _ in first }
    kept = KeptOfSite.bySite(inheritance)
    shared = SharedFiles(trace, grouping)
    heirs = Heirs(views, grouping)
  }

  /// When a process last opened anything.
  private static func lastOpens(_ trace: Trace) -> [Int: UInt64] {
    var latest: [Int: UInt64] = [:]
    for site in trace.sites {
      latest[site.process] = max(latest[site.process] ?? 0, site.lastTicks)
    }
    return latest
  }

  /// When a process last closed anything of a site, by process and the index of the site's group.
  private static func lastCloses(
    _ trace: Trace, _ grouping: SiteGrouping
  ) -> [Int: [Int: UInt64]] {
    guard !trace.closers.isEmpty else { return [:] }
    var processBySite: [UInt32: Int] = [:]
    var latest: [Int: [Int: UInt64]] = [:]
    for site in trace.sites { processBySite[site.id] = site.process }
    for closer in trace.closers {
      guard let process = processBySite[closer.site],
        let group = grouping.index(ofSite: closer.site)
      else { continue }
      let known = latest[process]?[group] ?? 0
      latest[process, default: [:]][group] = max(known, closer.lastTicks)
    }
    return latest
  }
}
