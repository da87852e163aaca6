import TraceModel

/// What the ring still holds of the numbers that misuses happened to: who had a
/// number before the descriptor that suffered.
struct NumberHistory {
  private struct Number: Hashable {
    var process: Int
    var fd: Int
  }

  private let trace: Trace
  private var events: [Number: [Event]] = [:]
  private var closersBySite: [UInt32: [CloserRecord]] = [:]
  /// (process, stack of the close, stack of the open) of second closes that met nobody.
  private var doubleCloses: Set<[Int]> = []

  init(_ trace: Trace, of misuses: [MisuseRecord]) {
    self.trace = trace
    guard !misuses.isEmpty else { return }
    for misuse in misuses where misuse.fds.count == 1 {
      events[Number(process: misuse.process, fd: misuse.fds.lowerBound)] = []
    }
    for misuse in misuses where misuse.kind == .closeAgain {
      doubleCloses.insert(Self.key(misuse.process, misuse.act.stack, misuse.opened.stack))
    }
    for event in trace.events.inOrder() {
      switch event.kind {
      case .opened, .duplicated, .received, .closed:
        events[Number(process: event.process, fd: event.fd)]?.append(event)
      default: continue
      }
    }
    let sites = Set(misuses.map(\.site))
    for closer in trace.closers where sites.contains(closer.site) {
      closersBySite[closer.site, default: []].append(closer)
    }
  }

  private static func key(_ process: Int, _ close: StackNumber, _ open: StackNumber) -> [Int] {
    [process, Int(close), Int(open)]
  }

  /// The stack of the culprit's earlier close, when it was not the failing call that
  /// was wrong but the close before it, of a number that belonged to another opener
  /// by then. Nil when the trace does not prove that.
  ///
  /// Proof is: the thread of that close had closed the same number just before the
  /// victim got it, when something opened elsewhere had it; and either
  /// - that something was the thread's own, the victim another thread's, or
  /// - the same close fails, as a second one, where nobody takes the number; and
  /// - closing such descriptors is not the culprit's job: others of the victim's
  ///   site are closed elsewhere at least three times as often, or every one that
  ///   the culprit closed was missed by its owner.
  func closeOfReused(_ record: MisuseRecord) -> StackNumber? {
    guard record.kind == .closeAgain || record.kind == .useClosed, record.fds.count == 1,
      let events = events[Number(process: record.process, fd: record.fds.lowerBound)],
      let opened = events.lastIndex(where: {
        $0.kind != .closed && $0.ticks == record.opened.ticks
      }), opened >= 2
    else { return nil }
    let close = events[opened - 1]
    let open = events[opened - 2]
    guard close.kind == .closed, close.result == 0, open.kind != .closed,
      close.thread == record.closed.thread, open.stack != record.opened.stack,
      !isJob(record)
    else { return nil }
    let isForeign = open.thread == record.closed.thread && record.opened.thread != open.thread
    let failsElsewhere = doubleCloses.contains(
      Self.key(record.process, record.closed.stack, open.stack))
    return isForeign || failsElsewhere ? close.stack : nil
  }

  /// Whether the close before the failing call is where such descriptors usually end.
  private func isJob(_ record: MisuseRecord) -> Bool {
    var (culprits, others): (UInt64, UInt64) = (0, 0)
    for closer in closersBySite[record.site] ?? [] {
      if closer.stack == record.closed.stack {
        culprits = SiteFinding.sum(culprits, closer.count)
      } else {
        others = SiteFinding.sum(others, closer.count)
      }
    }
    return culprits > record.count && others / 3 < culprits
  }
}
