import TraceModel

extension Findings {
  /// Analyses a trace. `running` and `gone` are the `TracedProcess.id`s that the caller
  /// knows to be alive, or not to be: the trace cannot tell them apart. `alike` leads
  /// from stacks to others that stand for the same place in the source, as only
  /// symbols can tell: they are one site. `holders` are what is open on purpose.
  ///
  /// Pure and deterministic; linear in the trace but for sorting.
  public init(
    _ trace: Trace, running: Set<Int> = [], gone: Set<Int> = [],
    alike: [StackNumber: StackNumber] = [:], holders: KnownHolders = .builtIn
  ) {
    let views = [ProcessView](trace, running: running)
    let grouping = SiteGrouping(trace, views, alike: alike)
    let inheritance = InheritanceAudit(trace, views, sites: grouping, running: running, gone: gone)
    let source = OpenDescriptors.Source(trace)
    let context = SiteContext(trace, views, grouping, holders, inheritance, source)
    let processes = Set(trace.processes.map(\.id))
    self.init(
      trace: TraceSummary(trace),
      processes: views.map {
        ProcessFinding(
          $0, sites: grouping, processes: processes, marks: context.marks, trace: trace, source)
      },
      misuse: MisuseAnalysis(trace).findings, marks: context.marks.findings,
      inheritance: inheritance, stacks: trace.stacks,
      modules: trace.modules)
    var untold = Untold()
    sites = grouping.groups.lazy.map { group in
      let site = SiteFinding(group, grouping.shares(of: group), in: context)
      untold.count(site, 1)
      return site
    }.first(Self.siteLimit, by: SiteFinding.ranksBefore)
    for site in sites { untold.count(site, -1) }
    self.untold = untold
    timeline = Timeline(trace, views, grouping, sites)
  }
}

extension Findings.Untold {
  fileprivate mutating func count(_ site: SiteFinding, _ times: Int) {
    guard site.live > 0 else { return }
    sites += times
    descriptors += times * site.live
    if site.verdict == .leak { leaks += times }
  }
}

extension TraceSummary {
  init(_ trace: Trace) {
    let origin = trace.clock.originTicks
    self.init(
      info: trace.info, startedRealtimeNs: trace.clock.originRealtimeNs,
      durationNs: trace.clock.duration(
        trace.clock.latestTicks > origin ? trace.clock.latestTicks - origin : 0),
      processCount: trace.processes.count, eventsKept: trace.events.kept,
      eventsTotal: trace.events.total, eventsTotalIsExact: trace.events.isTotalExact,
      losses: trace.losses,
      unseen: trace.processes.reduce(0) { $0 + UInt64($1.unseen) },
      vanished: trace.processes.reduce(0) { $0 + UInt64($1.vanished) },
      damaged: trace.damaged)
  }
}

extension SiteFinding {
  /// The order of a report, without ties: the worst verdict, then the strongest
  /// evidence, then most left open, then fastest, then lowest id.
  static func ranksBefore(_ a: SiteFinding, _ b: SiteFinding) -> Bool {
    (a.verdict.rank, a.evidenceRank, -a.live, -(a.growth?.perHour ?? 0), a.id)
      < (b.verdict.rank, b.evidenceRank, -b.live, -(b.growth?.perHour ?? 0), b.id)
  }

  private var evidenceRank: Int {
    switch reasons.first {
    case .abandonedAfterFailure: 0
    case .peerClosed: 1
    case .outlivesSiblings: 2
    case .growth: 3
    case .neverClosed: 4
    default: 5
    }
  }
}
