extension Trace {
  /// The numbers of the TCP sockets that processes have opened and still hold, by
  /// `TracedProcess.id`.
  public func connections(of processes: Set<Int>) -> [Int: [Int]] {
    numbers(of: processes, where: \.isConnection)
  }

  /// Enters what the kernel told of TCP sockets until a moment of CLOCK_MONOTONIC, by
  /// `TracedProcess.id` and number.
  ///
  /// What may have come to pass meanwhile, and what the trace contradicts, leaves it unknown.
  public mutating func enter(
    _ sights: [Int: [Int: ConnectionSight]], untilMonotonicNs now: UInt64,
    confirmedBy later: LiveReading
  ) {
    forEachConfirmedNumber(of: sights, untilMonotonicNs: now, by: later) {
      process, slot, sight, ticks in
      guard process.descriptors[slot].mayBe(sight) else { return }
      process.descriptors[slot].see(sight, at: ticks)
      process.connectionsSeen += 1
    }
  }
}

extension ConnectionSight {
  /// It passes by itself; or it is of a peer that has closed, and without a time nobody can tell
  /// that from one that is just closing.
  fileprivate var isVague: Bool {
    switch state {
    case .established, .synSent, .finWait1, .finWait2, .listen: false
    case .closeWait: quietNs == nil
    default: true
    }
  }
}

extension Descriptor {
  fileprivate var isConnection: Bool { state == .open && via == .open && kind == .tcp }

  /// False when the trace tells of another socket: calls that were not seen may have put one there.
  fileprivate func mayBe(_ sight: ConnectionSight) -> Bool {
    guard isConnection, flags.contains(.listening) == (sight.state == .listen), !sight.isVague
    else { return false }
    if let inode = detail?.inode, inode != sight.inode { return false }
    guard let remote = detail?.remote else { return true }
    return remote.withoutMapping == sight.remote?.withoutMapping
  }

  /// What a snapshot would have entered, but for the port of a listener: one that the kernel drew
  /// says that it was forgotten only when the process has ended.
  fileprivate mutating func see(_ sight: ConnectionSight, at ticks: UInt64) {
    var detail = self.detail ?? DescriptorDetail()
    detail.inode = sight.inode
    detail.tcpState = sight.state
    if sight.state != .listen {
      detail.local = sight.local ?? detail.local
      detail.remote = sight.remote ?? detail.remote
    }
    detail.peerClosedNs = sight.state == .closeWait ? sight.quietNs : nil
    detail.checkedTicks = ticks
    self.detail = detail
  }
}
