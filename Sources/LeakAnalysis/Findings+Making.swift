import TraceModel

extension Findings {
  /// Takes the sites that rank first, and counts the others. All are judged; only of those
  /// that are taken the rest is told.
  mutating func rank(_ all: some Sequence<SiteToTell>, in context: SiteContext) {
    var untold = Untold()
    var first = all.lazy.map { site in
      let judged = JudgedSite(site, in: context)
      untold.count(judged, 1)
      return judged
    }.first(Self.siteLimit, by: JudgedSite.ranksBefore)
    for judged in first { untold.count(judged, -1) }
    self.untold = untold
    let leaked = LeakedNames(first, in: context)
    for index in first.indices { first[index].compare(with: leaked, in: context) }
    first.sort(by: JudgedSite.ranksBefore)
    sites = first.map { SiteFinding($0, in: context) }
  }
}

extension Findings.Untold {
  fileprivate mutating func count(_ site: JudgedSite, _ times: Int) {
    guard site.live > 0 else { return }
    sites += times
    descriptors += times * site.live
  }
}

extension TraceSummary {
  init(_ trace: Trace) {
    let origin = trace.clock.originTicks
    self.init(
      info: trace.info, startedRealtimeNs: trace.clock.originRealtimeNs,
      durationNs: trace.clock.duration(
        trace.clock.latestTicks.subtractingWithSaturation(origin)),
      processCount: trace.processes.count, eventsKept: trace.events.kept,
      eventsTotal: trace.events.total, eventsTotalIsExact: trace.events.isTotalExact,
      losses: trace.losses,
      unseen: trace.processes.reduce(0) { $0 + UInt64($1.unseen) },
      vanished: trace.processes.reduce(0) { $0 + UInt64($1.vanished) },
      damaged: trace.damaged)
  }
}
