import TraceModel

/// What processes kept almost to their end and closed only then, as interpreters do with what
/// a program forgot, and exit handlers and global destructors: it is open no more when the
/// process ends, and no site of it is a leak. Interpreters do so at signals, too, that they raise
/// again when all is closed.
///
/// As far as the ring still tells: of one that has wrapped it may be too little.
struct LateCloses {
  typealias Number = LateNumbers.Number
  typealias Place = LateNumbers.Place

  struct Finding {
    var count: UInt64 = 0
    var firstTicks = UInt64.max
    /// `SiteGroup.id`s, most first.
    var sites: [(site: Int, count: UInt64)] = []

    /// Nil when there are none.
    fileprivate init?(_ forgotten: [(site: Int, closed: [Number])]) {
      guard !forgotten.isEmpty else { return nil }
      for (site, closed) in forgotten {
        count += UInt64(closed.count)
        firstTicks = min(firstTicks, closed.map(\.closedTicks).min() ?? .max)
        sites.append((site, UInt64(closed.count)))
      }
      sites.sort { ($1.count, $0.site) < ($0.count, $1.site) }
    }
  }

  private(set) var findings: [Int: Finding] = [:]

  /// One place that closes what one site opened, as a `CloserRecord` counts it.
  private struct Closer: Hashable {
    var site: UInt32
    var place: Place
  }

  /// Of the closes of findings, and of sites that processes closed nothing of before their ends.
  private var counts: [Closer: UInt64] = [:]

  /// How many were closed of such sites.
  private var ended: [SiteClosings.Share: UInt64] = [:]

  /// How many a process closed of the site of that `SiteGroup.id`, where it closed none before its
  /// end; else 0.
  func endedOnly(of site: Int, in process: Int) -> UInt64 {
    ended.isEmpty ? 0 : ended[.init(site: site, process: process)] ?? 0
  }

  /// Whether `record` counts what an end alone closed: all but a tenth, as what was opened right
  /// before the end is not known to have been forgotten. A place that closed more is one where such
  /// are closed, and what it closed tells how long they are in use.
  func made(_ record: CloserRecord) -> Bool {
    guard !counts.isEmpty, let late = counts[Closer(site: record.site, place: Place(record))]
    else { return false }
    return record.count.subtractingWithSaturation(late) <= record.count / 10
  }

  init(
    _ trace: Trace, _ views: [ProcessView], _ grouping: SiteGrouping, _ children: ChildrenView
  ) {
    let numbers = LateNumbers(trace, views).tables
    guard !numbers.isEmpty else { return }
    let closings = SiteClosings(trace, of: Set(numbers.keys), grouping)
    let accepts = trace.callSlots(where: CallName.accepts)
    var sites: [Int: Sites] = [:]
    for site in trace.sites where numbers[site.process] != nil {
      sites[site.process, default: Sites()].add(site, grouping)
    }
    for view in views {
      let process = view.process.id
      guard let table = numbers[process]?.values, let sites = sites[process] else { continue }
      // Each site's at once: there may be as many as numbers.
      let closedLate = sites.bySite(table.lazy.filter(\.hasOpener), \.lastOpener)
      let forgotten = sites.bySite(
        table.lazy.filter {
          // Who serves clients that are there has no reason to close before it ends.
          $0.wasOpenBefore
            && (!accepts.contains($0.opener.call) || $0.isBroken
              || sites.wasServed($0, by: children, of: process))
        }, \.opener
      ).map { site, closed in
        let unusual = closings.unusual(closed, of: site, in: process)
        return (site, Self.forgotten(unusual, trace.clock))
      }.filter { !$0.1.isEmpty }.map { site, closed in
        (site, closed + Self.closed(with: closed, among: closedLate[site] ?? []))
      }
      findings[process] = Finding(forgotten)
      // Where no end was recorded, what is known last may be the end of some work alone.
      let only =
        view.endKind == .unknown
        ? [:]
        : closedLate.filter { site, closed in
          // Clients are served to the end.
          closed.count >= Thresholds.loopOpens && !accepts.contains(closed[0].lastOpener.call)
            && closings.count(of: site, in: process) <= UInt64(closed.count)
        }
      for (site, closed) in only {
        ended[.init(site: site, process: process)] = UInt64(closed.count)
        for number in closed { count(number, sites.id[number.lastOpener]) }
      }
      for (site, closed) in forgotten where endedOnly(of: site, in: process) == 0 {
        for number in closed { count(number, sites.id[number.keptOpener]) }
      }
    }
  }

  /// What one process opens at, by call.
  private struct Sites {
    /// `SiteRecord.id`
    private(set) var id: [Place: UInt32] = [:]
    /// `SiteGroup.id`
    private var group: [Place: Int] = [:]

    mutating func add(_ site: SiteRecord, _ grouping: SiteGrouping) {
      let place = Place(site)
      id[place] = site.id
      group[place] = grouping.group(ofSite: site.id)
    }

    /// Whether a forked child had the connection, and ended before it was closed here.
    func wasServed(_ number: Number, by children: ChildrenView, of process: Int) -> Bool {
      guard let site = id[number.opener],
        let heir = children.firstHeir(
          ofOpenedAt: number.openedTicks, site: site, stack: number.opener.stack,
          call: number.opener.call, from: process)
      else { return false }
      return !heir.isReplaced && heir.end ?? .max < number.closedTicks
    }

    /// By `SiteGroup.id`.
    func bySite(_ numbers: some Sequence<Number>, _ opener: (Number) -> Place) -> [Int: [Number]] {
      var bySite: [Int: [Number]] = [:]
      for number in numbers {
        if let site = group[opener(number)] { bySite[site, default: []].append(number) }
      }
      return bySite
    }
  }

  /// What was opened as the end began, and closed where `forgotten` of its site were, once no
  /// more was opened there: too late to be known as forgotten by itself. `all` are those of the
  /// site.
  private static func closed(with forgotten: [Number], among all: [Number]) -> [Number] {
    let closers = Set(forgotten.map(\.closer))
    let lastOpen = all.map(\.lastOpenTicks).max() ?? .max
    return all.filter {
      !$0.wasOpenBefore && $0.closedTicks > lastOpen && closers.contains($0.closer)
    }
  }

  private mutating func count(_ number: Number, _ site: UInt32?) {
    guard let site else { return }
    counts[Closer(site: site, place: number.closer), default: 0] += 1
  }

  /// What of one site was forgotten, and no pool: it went on opening over a good part of the time
  /// from its first until the end, or kept for long what a call had failed on.
  private static func forgotten(
    _ closed: [Number], _ clock: TraceClock
  ) -> [Number] {
    var closed = closed
    let first = closed.map(\.openedTicks).min() ?? 0
    let end = closed.map(\.closedTicks).max() ?? 0
    if Double(spread(closed)) < Thresholds.spreadShare * Double(end - min(first, end)) {
      closed.removeAll { number in
        let kept = number.keptAfterFailureTicks.flatMap(clock.duration)
        return kept ?? 0 < Thresholds.carriedOnNs
      }
    }
    let isMuch =
      closed.count >= Thresholds.loopOpens
      && clock.duration(spread(closed)) ?? 0 >= Thresholds.spreadNs
    return isMuch ? closed : []
  }

  /// From the first open to the last.
  private static func spread(_ numbers: [Number]) -> UInt64 {
    let opened = numbers.map(\.openedTicks)
    return (opened.max() ?? 0) - (opened.min() ?? 0)
  }
}
