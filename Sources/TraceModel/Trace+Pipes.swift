extension Trace {
  /// The numbers of pipes that processes have made and hold one end of, by `TracedProcess.id`.
  public func pipeEnds(of processes: Set<Int>) -> [Int: [Int]] {
    numbers(of: processes, where: \.isPipeEnd)
  }

  /// Enters which of them have their other ends in other processes, as the kernel told until a
  /// moment of CLOCK_MONOTONIC, by `TracedProcess.id` and number; confirmed as connections are.
  public mutating func enter(
    _ sights: [Int: [Int: PipeSight]], untilMonotonicNs now: UInt64, confirmedBy later: LiveReading
  ) {
    forEachConfirmedNumber(of: sights, untilMonotonicNs: now, by: later) {
      process, slot, sight, ticks in
      let descriptor = process.descriptors[slot]
      guard descriptor.isPipeEnd, descriptor.detail?.inode ?? sight.inode == sight.inode
      else { return }
      process.descriptors[slot].see(sight, at: ticks)
    }
  }
}

extension Descriptor {
  fileprivate var isPipeEnd: Bool { state == .open && via == .open && kind == .pipe }

  /// What a snapshot would have entered.
  fileprivate mutating func see(_ sight: PipeSight, at ticks: UInt64) {
    var detail = self.detail ?? DescriptorDetail()
    if detail.text == nil {
      detail.form = .link
      detail.text = "pipe:[\(sight.inode)]"
    }
    detail.inode = sight.inode
    detail.isOtherEndOpen = true
    detail.checkedTicks = ticks
    self.detail = detail
  }
}
