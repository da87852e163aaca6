import TraceModel

/// What the ring still holds of the numbers that misuses happened to: who had a
/// number before the descriptor that suffered.
struct NumberHistory {
  private struct Number: Hashable {
    var process: Int
    var fd: Int
  }

  /// What happened to one number, in order.
  private struct History {
    var events: [Event] = []
    /// Where those are that changed something: a close may fail.
    private var changes: [Int] = []
    /// The last event of each moment that was no close.
    var lastOpen: [UInt64: Int] = [:]
    /// When it was opened, by stack.
    private var openings: [StackNumber: [UInt64]] = [:]

    mutating func append(_ event: Event) {
      if event.kind != .closed {
        lastOpen[event.ticks] = events.count
        openings[event.stack, default: []].append(event.ticks)
      }
      if event.kind != .closed || event.result == 0 { changes.append(events.count) }
      events.append(event)
    }

    /// The first change after a moment.
    func change(after ticks: UInt64) -> Event? {
      let next = changes.partitioningIndex { events[$0].ticks > ticks }
      return next < changes.endIndex ? events[changes[next]] : nil
    }

    /// How often it was opened by a stack after `first` and before `last`.
    func openings(by stack: StackNumber, after first: UInt64, before last: UInt64) -> Int {
      guard let ticks = openings[stack], first < last else { return 0 }
      return max(0, ticks.partitioningIndex { $0 >= last } - ticks.partitioningIndex { $0 > first })
    }
  }

  private struct Closer: Hashable {
    var site: UInt32
    var stack: StackNumber
  }

  private var histories: [Number: History] = [:]
  private var closed: [Closer: UInt64] = [:]
  private var closedOfSite: [UInt32: UInt64] = [:]
  /// (process, stack of the close, stack of the open) of second closes that met nobody.
  private var doubleCloses: Set<[Int]> = []

  init(_ trace: Trace, of misuses: [MisuseRecord]) {
    guard !misuses.isEmpty else { return }
    for misuse in misuses where misuse.fds.count == 1 || misuse.kind == .useClosed {
      for fd in [misuse.fds.lowerBound, misuse.fds.upperBound] {
        histories[Number(process: misuse.process, fd: fd)] = History()
      }
    }
    for misuse in misuses where misuse.kind == .closeAgain {
      doubleCloses.insert(Self.key(misuse.process, misuse.act.stack, misuse.opened.stack))
    }
    let told = trace.events.inOrder { event in
      switch event.kind {
      case .opened, .duplicated, .received, .closed:
        histories[Number(process: event.process, fd: event.fd)] != nil
      default: false
      }
    }
    for event in told {
      histories[Number(process: event.process, fd: event.fd)]?.append(event)
    }
    let sites = Set(misuses.map(\.site))
    for record in trace.closers where sites.contains(record.site) {
      let closer = Closer(site: record.site, stack: record.stack)
      closed[closer] = (closed[closer] ?? 0).addingWithSaturation(record.count)
      closedOfSite[record.site] = (closedOfSite[record.site] ?? 0).addingWithSaturation(
        record.count)
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
      let history = histories[Number(process: record.process, fd: record.fds.lowerBound)],
      let opened = history.lastOpen[record.opened.ticks], opened >= 2
    else { return nil }
    let close = history.events[opened - 1]
    let open = history.events[opened - 2]
    guard close.kind == .closed, close.result == 0, open.kind != .closed,
      close.thread == record.closed.thread, open.stack != record.opened.stack,
      !isJob(record)
    else { return nil }
    let isForeign = open.thread == record.closed.thread && record.opened.thread != open.thread
    let failsElsewhere = doubleCloses.contains(
      Self.key(record.process, record.closed.stack, open.stack))
    return isForeign || failsElsewhere ? close.stack : nil
  }

  /// How often a close of another's descriptor was noticed at least: its victim may meet EBADF
  /// again and again, and in several calls, for one.
  func wrongCloses(_ record: MisuseRecord) -> UInt64 {
    min(occasions(record), max(1, culprits(record)))
  }

  /// How many closes it was that the victim met, at most: it met another one only when it had opened
  /// the number again in between. What the ring has lost makes it fewer.
  private func occasions(_ record: MisuseRecord) -> UInt64 {
    let history = histories[Number(process: record.process, fd: record.fds.lowerBound)]
    let reopened = history?.openings(
      by: record.opened.stack, after: record.act.ticks, before: record.lastTicks)
    return min(record.count, UInt64(reopened ?? 0) + 1)
  }

  /// How often the close before the failing call ended descriptors of the victim's site.
  private func culprits(_ record: MisuseRecord) -> UInt64 {
    closed[Closer(site: record.site, stack: record.closed.stack)] ?? 0
  }

  /// Whether a call that failed only asked if a number is taken, as shells do before they
  /// redirect to it: the next that happens to the number is a dup2 onto it, by the same thread,
  /// but for a close that failed, too, as zsh's does.
  func asksBeforeTaking(_ record: MisuseRecord, _ trace: Trace) -> Bool {
    guard record.kind == .useClosed, CallName.plain(trace.callName(record.act.call)) == "fcntl"
    else { return false }
    return [record.fds.lowerBound, record.fds.upperBound].contains { fd in
      let history = histories[Number(process: record.process, fd: fd)]
      guard let next = history?.change(after: record.act.ticks) else { return false }
      return next.kind == .duplicated && next.thread == record.act.thread
        && trace.callName(next.call).contains("dup")
    }
  }

  /// Whether the close before the failing call is where such descriptors usually end.
  private func isJob(_ record: MisuseRecord) -> Bool {
    let culprits = culprits(record)
    let others = (closedOfSite[record.site] ?? 0) - culprits
    return culprits > occasions(record) && others / 3 < culprits
  }
}
