extension Trace {
  /// Enters what the kernel told of processes until a moment of CLOCK_MONOTONIC, by
  /// `TracedProcess.id`, where `later`, read afterwards, confirms that it was of this trace and of
  /// the program that the process ran before.
  ///
  /// - Parameter enter: is given the process, what was told of it, the process as `later` has it,
  ///   and the moment.
  mutating func forEachConfirmed<Sight>(
    of sights: [Int: Sight], untilMonotonicNs now: UInt64, by later: LiveReading,
    _ enter: (inout TracedProcess, Sight, TracedProcess, UInt64) -> Void
  ) {
    // Who has told nothing since it began has not told how long a tick is.
    let moment = clock.scale == nil ? clock.latestTicks : clock.moment(monotonicNs: now)
    guard let ticks = moment, later.traceID == info.traceID,
      !later.hasMixedTables
    else { return }
    for index in processes.indices {
      guard let sight = sights[processes[index].id],
        let process = later.onlyLiving(processes[index].id, pid: processes[index].pid)
      else { continue }
      enter(&processes[index], sight, process, ticks)
    }
  }

  /// The same of single numbers: each that `later` has open by the opening that it has here, and
  /// so had in between.
  ///
  /// - Parameter enter: is given the process, the slot in its table, what was told, the moment.
  mutating func forEachConfirmedNumber<Sight>(
    of sights: [Int: [Int: Sight]], untilMonotonicNs now: UInt64, by later: LiveReading,
    _ enter: (inout TracedProcess, Int, Sight, UInt64) -> Void
  ) {
    forEachConfirmed(of: sights, untilMonotonicNs: now, by: later) {
      process, sights, later, ticks in
      for slot in process.descriptors.indices {
        let descriptor = process.descriptors[slot]
        guard let sight = sights[descriptor.fd], later.hasOpen(descriptor) else { continue }
        enter(&process, slot, sight, ticks)
      }
    }
  }

  /// The numbers of descriptors of some processes, by `TracedProcess.id`.
  func numbers(
    of processes: Set<Int>, where isWanted: (Descriptor) -> Bool
  ) -> [Int: [Int]] {
    var numbers: [Int: [Int]] = [:]
    for process in self.processes where processes.contains(process.id) {
      let fds = process.descriptors.lazy.filter(isWanted).map(\.fd)
      if !fds.isEmpty { numbers[process.id] = Array(fds) }
    }
    return numbers
  }
}

extension TracedProcess {
  /// Whether it has that number open, and by the same opening.
  func hasOpen(_ other: Descriptor) -> Bool {
    guard let own = descriptor(other.fd) else { return false }
    return own.state == .open && own.generation == other.generation
  }
}

extension LiveReading {
  /// Events of two tables of descriptors may stand in one.
  fileprivate var hasMixedTables: Bool { losses.contains { $0.name == "tables" } }

  /// The process of that `id` while it runs the program that it ran, and when no other of the
  /// trace can be the one that has its pid here.
  fileprivate func onlyLiving(_ id: Int, pid: Int) -> TracedProcess? {
    let living = processes.filter { $0.pid == pid && $0.end == .none }
    guard living.count == 1, let process = living.first, process.id == id,
      !process.flags.contains(.execPending)
    else { return nil }
    return process
  }
}
