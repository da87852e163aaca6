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
  let marks: Marks

  init(
    _ trace: Trace, _ views: [ProcessView], _ grouping: SiteGrouping, _ holders: KnownHolders,
    _ inheritance: InheritanceAudit, _ handedOver: HandedOver, _ source: OpenDescriptors.Source
  ) {
    self.trace = trace
    self.grouping = grouping
    self.source = source
    calls = Dictionary(
      Set(grouping.groups.lazy.map(\.call)).map { ($0, CaseCall(trace.callName($0), holders)) }
    ) { first, _ in first }
    let lastOpens = Self.lastOpens(trace)
    let lastActivity = Self.lastActivity(trace, lastOpens)
    let children = ChildrenView(views, trace)
    let work = WorkHistory(trace, of: grouping.processes(holding: Thresholds.spreadOpens))
    let marks = Marks(trace)
    self.marks = marks
    processes = Dictionary(
      views.map {
        let id = $0.process.id
        return (
          id,
          CaseProcess(
            $0, trace, grouping.stacks, lastActivityTicks: lastActivity[id] ?? 0,
            lastOpenTicks: lastOpens[id] ?? 0, children: children,
            handedOver: handedOver.numbers(of: id), work: work, marks: marks)
        )
      }
    ) { first, _ in first }
    kept = KeptOfSite.bySite(inheritance)
    shared = SharedFiles(trace, grouping)
  }

  /// When a process last opened anything.
  private static func lastOpens(_ trace: Trace) -> [Int: UInt64] {
    var latest: [Int: UInt64] = [:]
    for site in trace.sites {
      latest[site.process] = max(latest[site.process] ?? 0, site.lastTicks)
    }
    return latest
  }

  /// When a process last opened or closed anything.
  private static func lastActivity(_ trace: Trace, _ lastOpens: [Int: UInt64]) -> [Int: UInt64] {
    var processBySite: [UInt32: Int] = [:]
    var latest = lastOpens
    for site in trace.sites { processBySite[site.id] = site.process }
    for closer in trace.closers {
      guard let process = processBySite[closer.site] else { continue }
      latest[process] = max(latest[process] ?? 0, closer.lastTicks)
    }
    return latest
  }
}
