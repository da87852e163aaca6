import TraceModel

/// The accepted connections of a process whose clients, other programs, are still there, as the
/// kernel said: what was opened for one of them has no reason to be closed.
struct Sessions {
  /// When they were accepted, in order.
  private let moments: [UInt64]

  init(_ view: ProcessView, _ trace: Trace, _ ends: ConnectionEnds) {
    moments = view.own.lazy
      .filter { $0.detail?.tcpState == .established }
      .filter { CallName.accepts(trace.callName($0.call)) && !ends.haveClient(of: $0) }
      .map(\.openedTicks).sorted()
  }

  var count: Int { moments.count }

  /// True when each of `fds` came within `ticks` after a session of its own, and no more than
  /// half of the sessions are without one.
  func haveOneEach(_ fds: DescriptorList, within ticks: UInt64) -> Bool {
    2 * fds.count >= count && fds.followOneEach(moments, within: ticks)
  }

  /// By number, those of `fds` that came first after a session each, within `ticks`; none where
  /// more than half of the sessions are without one.
  /// - Parameter arePairs: what was opened at one moment, by one thread, came by one call.
  func companions(
    among fds: DescriptorList, within ticks: UInt64, arePairs: Bool
  ) -> Set<Int> {
    // Sites may be as many as moments: few are worth a look at all of these.
    guard !moments.isEmpty, 2 * fds.count >= count else { return [] }
    var next = fds.sorted {
      ($0.openedTicks, $0.thread, $0.fd) < ($1.openedTicks, $1.thread, $1.fd)
    }[...]
    var found: Set<Int> = []
    var served = 0
    for moment in moments {
      next = next.drop { $0.openedTicks < moment }
      guard let first = next.first else { break }
      guard first.openedTicks - moment <= ticks else { continue }
      served += 1
      repeat {
        if let fd = next.popFirst()?.fd { found.insert(fd) }
      } while arePairs && next.first?.openedTicks == first.openedTicks
        && next.first?.thread == first.thread
    }
    return 2 * served >= count ? found : []
  }
}
