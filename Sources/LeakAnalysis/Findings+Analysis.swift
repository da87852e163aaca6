import TraceModel

extension Findings {
  /// Analyses a trace, as `Analysis` tells.
  public init(
    _ trace: Trace, running: Set<Int> = [], gone: Set<Int> = [],
    alike: [StackNumber: StackNumber] = [:], holders: KnownHolders = .builtIn
  ) {
    self =
      Analysis(trace, running: running, gone: gone, alike: alike, holders: holders).findings
  }

  /// Takes the sites that rank first, and counts the others.
  mutating func rank(_ all: some Sequence<SiteFinding>) {
    var untold = Untold()
    sites = all.lazy.map { site in
      untold.count(site, 1)
      return site
    }.first(Self.siteLimit, by: SiteFinding.ranksBefore)
    for site in sites { untold.count(site, -1) }
    self.untold = untold
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
