extension Trace {
  /// The numbers of `process` that are open, or about to be closed.
  public func openNumbers(of process: TracedProcess) -> Set<Int> {
    Set(process.descriptors.lazy.filter(\.isInUse).map(\.fd))
  }

  /// Compares tables with what the kernel had until a moment of CLOCK_MONOTONIC, by
  /// `TracedProcess.id`, as a recorder does at the end of its process.
  ///
  /// Only what no recorded call touched meanwhile counts: what this trace and `later` tell of the
  /// same opening of a number. Who opens may have the number before it is recorded, so `later` is
  /// read some time after the kernel was asked.
  public mutating func compare(
    with sights: [Int: TableSight], untilMonotonicNs now: UInt64, confirmedBy later: LiveReading
  ) {
    forEachConfirmed(of: sights, untilMonotonicNs: now, by: later) { process, sight, same, ticks in
      process.compare(with: sight, at: ticks, confirmedBy: same)
    }
  }
}

extension TracedProcess {
  fileprivate mutating func compare(
    with sight: TableSight, at ticks: UInt64, confirmedBy later: TracedProcess
  ) {
    isCompared = true
    sharedTable = nil
    var missed: UInt32 = 0
    for slot in descriptors.indices where descriptors[slot].state == .open {
      let descriptor = descriptors[slot]
      guard !sight.open.contains(descriptor.fd), later.hasOpen(descriptor) else { continue }
      descriptors[slot].state = .vanished
      missed += 1
    }
    vanished = vanished.addingWithSaturation(missed)
    let found = sight.unknown.filter { seen in
      let (now, then) = (descriptor(seen.fd), later.descriptor(seen.fd))
      return now?.isInUse != true && then?.isInUse != true && now?.generation == then?.generation
    }
    guard !found.isEmpty else { return }
    let numbers = Set(found.map(\.fd))
    descriptors.removeAll { numbers.contains($0.fd) }
    descriptors += found.map { Descriptor($0, at: ticks) }
    descriptors.sort { $0.fd < $1.fd }
    unseen = unseen.addingWithSaturation(UInt32(clamping: found.count))
  }
}

extension Descriptor {
  fileprivate var isInUse: Bool { state == .open || state == .closing }

  fileprivate init(_ sight: DescriptorSight, at ticks: UInt64) {
    self.init(fd: sight.fd)
    kind = sight.kind
    via = .unseen
    openedTicks = ticks
    var detail = DescriptorDetail()
    detail.form = sight.name == nil ? .none : .link
    detail.text = sight.name
    detail.tcpState = sight.tcpState
    (detail.local, detail.remote) = (sight.local, sight.remote)
    detail.checkedTicks = ticks
    self.detail = detail
  }
}
