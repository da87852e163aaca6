extension Trace {
  /// The numbers of pipes that processes have made and hold one end of, by `TracedProcess.id`.
  public func pipeEnds(of processes: Set<Int>) -> [Int: [Int]] {
    var numbers: [Int: [Int]] = [:]
    for process in self.processes where processes.contains(process.id) {
      let fds = process.descriptors.lazy.filter(\.isPipeEnd).map(\.fd)
      if !fds.isEmpty { numbers[process.id] = Array(fds) }
    }
    return numbers
  }

  /// Enters which of them have their other ends in other processes, as the kernel told until a
  /// moment of CLOCK_MONOTONIC, by `TracedProcess.id` and number; confirmed as connections are.
  public mutating func enter(
    _ sights: [Int: [Int: PipeSight]], untilMonotonicNs now: UInt64, confirmedBy later: LiveReading
  ) {
    forEachConfirmed(of: sights, untilMonotonicNs: now, by: later) { process, sights, same, ticks in
      for slot in process.descriptors.indices {
        let descriptor = process.descriptors[slot]
        guard let sight = sights[descriptor.fd], descriptor.isPipeEnd,
          descriptor.detail?.inode ?? sight.inode == sight.inode,
          let same = same.descriptor(descriptor.fd), same.state == .open,
          same.generation == descriptor.generation
        else { continue }
        process.descriptors[slot].see(sight, at: ticks)
      }
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
