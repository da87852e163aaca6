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
    guard fds.count <= count, 2 * fds.count >= count else { return false }
    var next = moments.startIndex
    for opened in fds.map(\.openedTicks).sorted() {
      while next < moments.endIndex, opened.subtractingWithSaturation(moments[next]) > ticks {
        next += 1
      }
      guard next < moments.endIndex, moments[next] <= opened else { return false }
      next += 1
    }
    return true
  }
}
