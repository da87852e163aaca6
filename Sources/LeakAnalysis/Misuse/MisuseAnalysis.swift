import TraceModel

/// Makes findings of the misuses that a trace holds.
///
/// Four things are no finding: loops that close whatever number there may be, as
/// daemons do, or all that a folder listed, itself included, what follows from another misuse that
/// is told already, and calls that ask whether a number is open before they take it.
struct MisuseAnalysis {
  private let trace: Trace
  private let loops: Set<Place>
  private let listings: OwnListings
  private let sweeps: ClosingSweeps
  private let history: NumberHistory

  private struct Place: Hashable {
    var process: Int
    var stack: StackNumber

    init(process: Int, stack: StackNumber) { (self.process, self.stack) = (process, stack) }

    init(_ record: MisuseRecord) { self.init(process: record.process, stack: record.act.stack) }
  }

  init(_ trace: Trace) {
    self.trace = trace
    loops = Self.loops(trace.misuses)
    listings = OwnListings(trace)
    sweeps = ClosingSweeps(trace)
    history = NumberHistory(
      trace, of: trace.misuses.filter { $0.kind == .closeAgain || $0.kind == .useClosed })
  }

  /// Worst kind first, then by process, number and stack: without ties.
  var findings: [Misuse] {
    let owned = Set(trace.misuses.filter { $0.kind == .closeOwned }.map(Place.init))
    var found: [Misuse] = []
    var reused = ReusedNumbers()
    for record in trace.misuses where !loops.contains(Place(record)) {
      // The fclose after a raw close fails: that is the same mistake once more.
      if record.kind == .closeAgain && record.owner != .raw,
        owned.contains(Place(process: record.process, stack: record.closed.stack))
      {
        continue
      }
      if listings.explain(record, by: trace.callName(record.act.call)) { continue }
      if !listings.contradict(record), sweeps.explain(record, trace) { continue }
      if history.asksBeforeTaking(record, trace) { continue }
      let finding = finding(record)
      if finding.kind == .closeOfReusedFd {
        reused.add(finding, noticed: record.act.ticks)
      } else {
        found.append(finding)
      }
    }
    return (found + reused.findings).sorted { $0.order < $1.order }
  }

  private func finding(_ record: MisuseRecord) -> Misuse {
    if let earlier = history.closeOfReused(record) {
      return Misuse(
        kind: .closeOfReusedFd, process: record.process, fds: record.fds,
        count: history.wrongCloses(record),
        api: trace.callName(record.closed.call), stack: record.closed.stack,
        openedAt: record.opened.stack, closedAt: earlier, noticedAt: record.act.stack)
    }
    let kind: Misuse.Kind =
      switch record.kind {
      case .closeAgain: .doubleClose
      case .closeUnknown: .closeNeverOpened
      case .closeOwned: .ownedClose
      case .useClosed: .useAfterClose
      case .cutMessage: .cutMessage
      }
    return Misuse(
      kind: kind, process: record.process, fds: record.fds, count: record.count,
      api: trace.callName(record.act.call), stack: record.act.stack,
      openedAt: record.opened.stack == 0 ? nil : record.opened.stack,
      closedAt: record.closed.stack == 0 ? nil : record.closed.stack)
  }

  /// Stacks that close numbers which were never open, or each of three and more
  /// numbers in a row once: they do not mean any of them.
  private static func loops(_ records: [MisuseRecord]) -> Set<Place> {
    var loops: Set<Place> = []
    for (place, records) in Dictionary(grouping: records, by: Place.init) {
      let closes = records.filter { $0.kind == .closeAgain || $0.kind == .closeUnknown }
      guard let low = closes.map(\.fds.lowerBound).min(),
        let high = closes.map(\.fds.upperBound).max(), high > low
      else { continue }
      let times = closes.reduce(UInt64(0)) { $0.addingWithSaturation($1.count) }
      let inARow = high - low >= 2 && times == UInt64(high - low + 1)
      if inARow || closes.contains(where: { $0.kind == .closeUnknown }) { loops.insert(place) }
    }
    return loops
  }
}

extension Misuse {
  fileprivate var order: (Int, Int, Int, StackNumber, StackNumber, StackNumber) {
    let rank = Kind.allCases.firstIndex(of: kind) ?? 0
    return (rank, process, fds.lowerBound, stack, openedAt ?? 0, closedAt ?? 0)
  }
}
