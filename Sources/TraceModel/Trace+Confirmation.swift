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
