import Glibc
import TraceModel

/// Numbers that processes closed in the last part of their lives, a few at least, and what the ring
/// still tells of them.
struct LateNumbers {
  /// A call that opens or closes.
  struct Place: Hashable {
    var stack: StackNumber = 0
    var call: UInt16 = 0

    init() {}
    init(_ event: Event) { (stack, call) = (event.stack, event.call) }
    init(_ site: SiteRecord) { (stack, call) = (site.stack, site.call) }
    init(_ closer: CloserRecord) { (stack, call) = (closer.stack, closer.call) }
  }

  /// What happened to a number before the end began, and after.
  struct Number {
    fileprivate(set) var openedTicks: UInt64 = 0
    fileprivate(set) var opener = Place()
    /// The latest close before.
    private var earlierTicks: UInt64 = 0
    /// The latest failure before, or read that found the peer's end.
    private var brokenTicks: UInt64 = 0
    /// The latest call before that is told of it, and whether it failed.
    private var toldTicks: UInt64 = 0
    private var hasFailed = false
    /// The latest open before that close, be it after the end began.
    fileprivate(set) var lastOpenTicks: UInt64 = 0
    fileprivate(set) var lastOpener = Place()
    /// The first close after.
    fileprivate(set) var closedTicks: UInt64 = .max
    fileprivate(set) var closer = Place()

    /// Whether it was open as the end began, and its opener is known.
    var wasOpenBefore: Bool { closedTicks < .max && openedTicks > earlierTicks }

    /// Whether what it was as it was closed is known.
    var hasOpener: Bool { closedTicks < .max && lastOpenTicks > 0 }

    /// Where what was closed was opened.
    var keptOpener: Place { wasOpenBefore ? opener : lastOpener }

    /// The peer had gone before the end began.
    var isBroken: Bool { brokenTicks >= openedTicks }

    /// How long it was kept after the last thing that happened to it, a failure; nil where that
    /// was none.
    var keptAfterFailureTicks: UInt64? {
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

  /// By `TracedProcess.id`.
  private(set) var tables: [Int: DescriptorMap<Number>]

  init(_ trace: Trace, _ views: [ProcessView]) {
    let cutoffs = Self.cutoffs(views)
    tables = Self.closedLate(trace, cutoffs: cutoffs)
    if !tables.isEmpty { addOpens(trace, cutoffs: cutoffs) }
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

  private mutating func addOpens(_ trace: Trace, cutoffs: [Int: UInt64]) {
    // In an array, where hashing for each record would take longest.
    let processes = Array(self.tables.keys)
    var tables = processes.map { self.tables[$0] ?? DescriptorMap() }
    let places = Dictionary(
      processes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    // Else each table would be copied.
    self.tables = [:]
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
    for (process, table) in zip(processes, tables) { self.tables[process] = table }
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
  func callSlots(where isSuch: (String) -> Bool) -> Set<UInt16> {
    Set(calls.indices.filter { isSuch(calls[$0]) }.map { UInt16(truncatingIfNeeded: $0) })
  }
}
