import TraceModel

/// The accepted connections of a process whose clients are still there, as the kernel said: what
/// was opened for one of them has no reason to be closed.
struct Sessions {
  /// When they were accepted, in order.
  private let moments: [UInt64]

  init(_ view: ProcessView, _ trace: Trace) {
    moments = view.own.lazy
      .filter { $0.detail?.tcpState == .established }
      .filter { CallName.accepts(trace.callName($0.call)) }
      .map(\.openedTicks).sorted()
  }

  var count: Int { moments.count }

  /// True when each of `fds` came within `ticks` after a session of its own, and no more than
  /// half of the sessions are without one.
  func haveOneEach(_ fds: DescriptorList, within ticks: UInt64) -> Bool {
    2 * fds.count >= count && fds.followOneEach(moments, within: ticks)
  }
}
