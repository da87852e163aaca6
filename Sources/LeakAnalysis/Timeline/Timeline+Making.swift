import TraceModel

extension Timeline {
  /// Nil when the trace does not tell how its ticks relate to time, or no time passed.
  ///
  /// Linear in the ring; beside it, memory for a line of each process.
  /// - Parameter sites: in rank order.
  init?(
    _ trace: Trace, _ views: [ProcessView], _ grouping: SiteGrouping, _ sites: [SiteFinding]
  ) {
    let sites = sites.prefix(Self.lineLimit)
    guard trace.clock.scale != nil,
      let walk = TimelineWalk(
        trace, views, TimelineSites(trace, grouping, sites: sites.map(\.id)),
        listed: Self.listed(views))
    else { return nil }
    func ns(_ ticks: UInt64) -> UInt64 { trace.clock.nanoseconds(at: ticks) ?? 0 }
    momentsNs = walk.moments.ticks.map(ns)
    let lossy = drawProcesses(walk, views.map(\.process), ns)
    drawSites(walk, sites, lossy, ns)
  }

  /// The processes that had most at once.
  private static func listed(_ views: [ProcessView]) -> Set<Int> {
    Set(
      views.map(\.process).sorted { ($1.peak, $0.id) < ($0.peak, $1.id) }
        .prefix(lineLimit).map(\.id))
  }

  /// Makes the lines of processes, and their sum.
  /// - Returns: of processes with events older than the ring, the latest close whose site is
  ///   not known.
  private mutating func drawProcesses(
    _ walk: TimelineWalk, _ processes: [TracedProcess], _ ns: (UInt64) -> UInt64
  ) -> [Int: UInt64] {
    var sum = [Int](repeating: 0, count: Self.length)
    var sumKnownFrom: UInt64 = 0
    let byID = Dictionary(processes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var lossy: [Int: UInt64] = [:]
    for track in walk.tracks {
      guard let process = byID[track.process] else { continue }
      let counts = Self.counts(track.changes[track.range])
      for (moment, count) in zip(track.range, counts)
      where walk.moments.ticks[moment] >= track.startTicks
        && walk.moments.ticks[moment] <= track.endTicks
      {
        sum[moment] += count
      }
      var knownFrom: UInt64 = 0
      if walk.hasLost(track, of: process) {
        lossy[track.process] = track.lastUnattributed
        knownFrom = min(walk.ringStart, track.endTicks)
        sumKnownFrom = max(sumKnownFrom, knownFrom)
      }
      if let peaks = track.peaks {
        self.peaks[track.process] = peaks.counts(track.changes[track.range])
        self.processes[track.process] = Line(
          first: track.range.lowerBound, counts: counts,
          knownFromNs: knownFrom == 0 ? 0 : ns(knownFrom))
      }
    }
    tree = Line(counts: sum, knownFromNs: sumKnownFrom == 0 ? 0 : ns(sumKnownFrom))
    return lossy
  }

  private mutating func drawSites(
    _ walk: TimelineWalk, _ sites: ArraySlice<SiteFinding>, _ lossy: [Int: UInt64],
    _ ns: (UInt64) -> UInt64
  ) {
    for (line, site) in sites.enumerated() {
      var knownFrom: UInt64 = 0
      if walk.ringStart > 0, walk.opens[line] < site.opened {
        knownFrom = site.byProcess.reduce(walk.ringStart) { max($0, lossy[$1.process] ?? 0) }
      }
      self.sites[site.id] = Line(
        counts: Self.counts(walk.lines[line][...]), knownFromNs: knownFrom == 0 ? 0 : ns(knownFrom))
    }
  }

  private static func counts(_ changes: ArraySlice<Int32>) -> [Int] {
    var count = 0
    return changes.map {
      count += Int($0)
      return max(0, count)
    }
  }
}

extension TimelineWalk {
  /// Whether events of the process are older than what is left of the ring. One that
  /// replaced descriptors (dup2) may be taken for such: those closes have no event.
  func hasLost(_ track: Track, of process: TracedProcess) -> Bool {
    track.startTicks < ringStart
      && (track.opens < process.opened || track.closes < process.closed)
  }
}
