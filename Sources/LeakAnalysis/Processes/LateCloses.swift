import Glibc
import TraceModel

/// What processes kept almost to their end and closed only then, as interpreters do with what
/// a program forgot, and exit handlers and global destructors: it is open no more when the
/// process ends, and no site of it is a leak. Interpreters do so at signals, too, that they raise
/// again when all is closed.
///
/// As far as the ring still tells: of one that has wrapped it may be too little.
struct LateCloses {
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

  private struct Share: Hashable {
    var site: Int
    var process: Int
  }

  /// How many were closed of such sites.
  private var ended: [Share: UInt64] = [:]

  /// How many a process closed of the site of that `SiteGroup.id`, where it closed none before its
  /// end; else 0.
  func endedOnly(of site: Int, in process: Int) -> UInt64 {
    ended.isEmpty ? 0 : ended[Share(site: site, process: process)] ?? 0
  }

  /// Whether `record` counts what an end alone closed: all but a few, as what was opened right
  /// before the end is not known to have been forgotten.
  func made(_ record: CloserRecord) -> Bool {
    guard !counts.isEmpty else { return false }
    let closer = Closer(site: record.site, place: Place(stack: record.stack, call: record.call))
    return counts[closer] ?? 0 > record.count / 2
  }

  /// A call that opens or closes.
  struct Place: Hashable {
    var stack: StackNumber = 0
    var call: UInt16 = 0

    init() {}
    init(_ event: Event) { (stack, call) = (event.stack, event.call) }
    init(stack: StackNumber, call: UInt16) { (self.stack, self.call) = (stack, call) }
  }

  /// What happened to a number before the end began, and after.
  struct Number {
    fileprivate(set) var openedTicks: UInt64 = 0
    fileprivate var opener = Place()
    /// The latest close before.
    fileprivate var earlierTicks: UInt64 = 0
    /// The latest failure before, or read that found the peer's end.
    fileprivate var brokenTicks: UInt64 = 0
    /// The latest call before that is told of it, and whether it failed.
    private var toldTicks: UInt64 = 0
    private var hasFailed = false
    /// The latest open before that close, be it after the end began.
    fileprivate var lastOpenTicks: UInt64 = 0
    fileprivate var lastOpener = Place()
    /// The first close after.
    fileprivate(set) var closedTicks: UInt64 = .max
    fileprivate(set) var closer = Place()

    /// The peer had gone before the end began.
    fileprivate var isBroken: Bool { brokenTicks >= openedTicks }

    /// How long it was kept after the last thing that happened to it, a failure; nil where that
    /// was none.
    fileprivate var keptAfterFailureTicks: UInt64? {
      hasFailed && toldTicks >= openedTicks ? closedTicks - toldTicks : nil
    }

    /// Takes an open before that close.
    fileprivate mutating func takeOpen(_ event: Event) {
      guard event.ticks >= lastOpenTicks, event.ticks <= closedTicks else { return }
      (lastOpenTicks, lastOpener) = (event.ticks, Place(event))
    }

    /// Takes what happened before.
    fileprivate mutating func take(_ event: Event, _ reads: Set<UInt16>) {
      switch event.kind {
      case .opened, .duplicated, .received:
        takeOpen(event)
        guard event.ticks >= openedTicks else { return }
        (openedTicks, opener) = (event.ticks, Place(event))
      case .closed where event.result == 0: earlierTicks = max(earlierTicks, event.ticks)
      case .noted:
        let failed = event.result != 0
        if failed || reads.contains(event.call) { brokenTicks = max(brokenTicks, event.ticks) }
        if event.ticks >= toldTicks { (toldTicks, hasFailed) = (event.ticks, failed) }
      default: break
      }
    }
  }

  init(_ trace: Trace, _ views: [ProcessView], _ grouping: SiteGrouping) {
    let cutoffs = Self.cutoffs(views)
    var numbers = Self.closedLate(trace, cutoffs: cutoffs)
    guard !numbers.isEmpty else { return }
    Self.addOpens(trace, &numbers, cutoffs: cutoffs)
    let lives = Dictionary(views.map { ($0.process.id, $0.lifeTicks) }) { first, _ in first }
    var groups: [Int: [Place: Int]] = [:]
    var sites: [Int: [Place: UInt32]] = [:]
    for site in trace.sites where numbers[site.process] != nil {
      let place = Place(stack: site.stack, call: site.call)
      groups[site.process, default: [:]][place] = grouping.group(ofSite: site.id)
      sites[site.process, default: [:]][place] = site.id
    }
    let closings = SiteClosings(trace, of: Set(numbers.keys), grouping)
    let accepts = trace.callSlots(where: CallName.accepts)
    for (process, table) in numbers {
      let closed = table.values.filter {
        $0.closedTicks < .max && $0.openedTicks > $0.earlierTicks
          // Who serves clients that are there has no reason to close before it ends.
          && (!accepts.contains($0.opener.call) || $0.isBroken)
      }
      let bySite = Dictionary(grouping: closed) { groups[process]?[$0.opener] }
      let late = bySite.map { site, closed in
        (site, site.map { closings.unusual(closed, of: $0, in: process) } ?? closed)
      }
      let forgotten = late.compactMap { site, closed in
        site.map { ($0, Self.forgotten(closed, life: lives[process] ?? 0, trace.clock)) }
      }.filter { !$0.1.isEmpty }
      findings[process] = Finding(forgotten)
      let last = table.values.filter { $0.closedTicks < .max && $0.lastOpenTicks > 0 }
      let lastBySite = Dictionary(grouping: last) { groups[process]?[$0.lastOpener] }
      let only = lastBySite.compactMap { site, closed in
        site.flatMap {
          // Who serves clients to the end closes them then, and has no other reason to.
          closed.count >= Thresholds.loopOpens && !accepts.contains(closed[0].lastOpener.call)
            && closings.count(of: $0, in: process) <= UInt64(closed.count) ? ($0, closed) : nil
        }
      }
      for (site, closed) in only {
        ended[Share(site: site, process: process)] = UInt64(closed.count)
      }
      let whole = Set(only.map(\.0))
      let counted =
        forgotten.filter { !whole.contains($0.0) }.flatMap(\.1).map { ($0.opener, $0.closer) }
        + only.flatMap(\.1).map { ($0.lastOpener, $0.closer) }
      for (opener, closer) in counted {
        guard let site = sites[process]?[opener] else { continue }
        counts[Closer(site: site, place: closer), default: 0] += 1
      }
    }
  }

  /// From which moment on a close is one at the end, for processes that may have come to it by
  /// themselves.
  private static func cutoffs(_ views: [ProcessView]) -> [Int: UInt64] {
    var cutoffs: [Int: UInt64] = [:]
    for view in views {
      guard view.mayHaveClosedLast,
        Int(view.process.peak) >= view.own.count + Thresholds.loopOpens
      else { continue }
      let last = UInt64(Double(view.lifeTicks) * Thresholds.endShare)
      cutoffs[view.process.id] = view.endTicks.subtractingWithSaturation(last)
    }
    return cutoffs
  }

  private static func closedLate(
    _ trace: Trace, cutoffs: [Int: UInt64]
  ) -> [Int: DescriptorMap<Number>] {
    var late: [Int: DescriptorMap<Number>] = [:]
    guard !cutoffs.isEmpty else { return late }
    // Records come in runs of one process, and few of them are late.
    var current = (process: -1, cutoff: UInt64.max)
    trace.events.forEach { event in
      guard event.kind == .closed, event.result == 0 else { return }
      if event.process != current.process {
        current = (event.process, cutoffs[event.process] ?? .max)
      }
      guard event.ticks >= current.cutoff, event.fd >= 0 else { return }
      var number = late[event.process]?[event.fd] ?? Number()
      if event.ticks < number.closedTicks {
        (number.closedTicks, number.closer) = (event.ticks, Place(event))
      }
      late[event.process, default: DescriptorMap()][event.fd] = number
    }
    return late.filter { $0.value.count >= Thresholds.loopOpens }
  }

  private static func addOpens(
    _ trace: Trace, _ numbers: inout [Int: DescriptorMap<Number>], cutoffs: [Int: UInt64]
  ) {
    // In an array, where hashing for each record would take longest.
    let processes = Array(numbers.keys)
    var tables = processes.map { numbers[$0] ?? DescriptorMap() }
    let places = Dictionary(
      processes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let reads = trace.callSlots(where: CallName.reads)
    var current = (process: -1, table: -1, cutoff: UInt64(0))
    trace.events.forEach { event in
      if event.process != current.process {
        current = (event.process, places[event.process] ?? -1, cutoffs[event.process] ?? 0)
      }
      guard current.table >= 0, event.fd >= 0 else { return }
      if event.ticks < current.cutoff {
        tables[current.table][event.fd]?.take(event, reads)
      } else if event.kind.opens {
        tables[current.table][event.fd]?.takeOpen(event)
      }
    }
    for (process, table) in zip(processes, tables) { numbers[process] = table }
  }

  /// What of one site was forgotten, and no pool: it went on opening over a good part of the
  /// process's life, or kept for long what a call had failed on.
  private static func forgotten(
    _ closed: [Number], life: UInt64, _ clock: TraceClock
  ) -> [Number] {
    var closed = closed
    if Double(spread(closed)) < Thresholds.spreadShare * Double(life) {
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

extension ProcessView {
  /// What was raised again ends a process without a word: where nobody waited for it, or told, its
  /// last record is the end that is known.
  fileprivate var mayHaveClosedLast: Bool {
    switch endKind {
    case .exit: process.endTicks != nil
    case .signal: process.endTicks != nil && process.end != .signal(SIGKILL)
    case .unknown: process.end == .none
    case .exec, .running: false
    }
  }
}

extension Event.Kind {
  fileprivate var opens: Bool { self == .opened || self == .duplicated || self == .received }
}

extension Trace {
  /// The slots of `calls` whose names are such.
  fileprivate func callSlots(where isSuch: (String) -> Bool) -> Set<UInt16> {
    Set(calls.indices.filter { isSuch(calls[$0]) }.map { UInt16(truncatingIfNeeded: $0) })
  }
}
