import FDTrackFormat

/// What a trace should hold and does not: a copy that broke off, or a disk whose machine lost its
/// power, leaves zeros in the place of records, which look as if there had never been any.
///
/// Two things hold of what recorders leave, however they end. What a record refers to was stored
/// before it (`DanglingReferences`). And counters agree with what they count, but for the one
/// event that each thread was in when it was killed, or that a handler left by siglongjmp.
struct MissingRecords {
  /// Records of processes that were handed out, and those that nobody wrote to.
  private let taken: UInt64
  private var begun: UInt64 = 0
  private var strings = 0

  init(ofProcesses taken: UInt64) { self.taken = taken }

  /// Takes notice of a process's record, published or not.
  mutating func look(at record: fdt_process, in table: StringTable) {
    // What is written there first.
    if record.start_ticks != 0 { begun += 1 }
    guard record.state == FDT_RECORD_READY.rawValue else { return }
    strings += [record.exe, record.argv, record.cwd].count { table.isMissing($0) }
  }

  /// How many are missing, at least: a table of which only the count is wrong is one.
  /// - Parameters:
  ///   - blank: processes whose tables have units with nothing in them.
  ///   - now: the record of a process as it is by now, in a trace that is being written.
  ///   - stackNow: the same of a stack.
  func count(
    in trace: Trace, blank: Set<Int>, now: (Int) -> fdt_process?,
    stackNow: (StackNumber) -> fdt_stack_node?
  ) -> Int {
    guard !trace.processes.isEmpty else { return 1 }
    var references = DanglingReferences(in: trace)
    references.keep(
      processes: { (now($0)?.start_ticks ?? 0) == 0 }, stacks: { (stackNow($0)?.frame ?? 0) == 0 })
    var missing = strings + max(processes(of: trace), references.processes) + references.others
    let threads = Threads(in: trace.events)
    if trace.events.chunksMissing > threads.count + unended(in: trace) {
      missing += trace.events.chunksMissing
    }
    missing += tables(of: trace.processes.filter { blank.contains($0.id) }, in: trace, threads, now)
    missing += countersOfSites(in: trace, threads)
    return missing
  }

  private func unended(in trace: Trace) -> Int { trace.processes.count { $0.end == .none } }

  /// Whoever is about to make a record may be killed before it writes to it.
  private func processes(of trace: Trace) -> Int {
    let blank = Int(clamping: taken.subtractingWithSaturation(begun))
    return blank > unended(in: trace) ? blank : 0
  }

  // MARK: Counters

  /// The threads that wrote events, as far as the ring still tells.
  private struct Threads {
    private var ofProcess: [UInt32: Set<UInt32>] = [:]

    init(in events: EventRing) {
      events.forEachChunk { head, _ in
        ofProcess[head.process, default: []].insert(head.thread)
      }
    }

    var count: Int { ofProcess.values.reduce(0) { $0 + $1.count } }

    /// Events of a process that may be half recorded.
    func underWay(in process: TracedProcess) -> Int64 {
      let count = ofProcess[UInt32(truncatingIfNeeded: process.id)]?.count ?? 0
      return count > 1 ? 8 + Int64(count) : 2
    }
  }

  /// Live tables that hold less than was opened and not closed, for nothing is in a part of them.
  private func tables(
    of processes: [TracedProcess], in trace: Trace, _ threads: Threads, _ now: (Int) -> fdt_process?
  ) -> Int {
    guard !trace.lacksDescriptors else { return 0 }
    return processes.count { process in
      let open = Int64(process.descriptors.count { $0.state == .open })
      let lacking = process.openByCount &- open
      guard lacking > threads.underWay(in: process) else { return false }
      let meanwhile = now(process.id).map { process.eventsUntil($0) } ?? 0
      return lacking - meanwhile > threads.underWay(in: process)
    }
  }

  /// Processes that opened more than their sites count, by more than handlers that leave an open
  /// half recorded can make it. Those were read later.
  private func countersOfSites(in trace: Trace, _ threads: Threads) -> Int {
    guard !trace.losses.contains(where: { $0.name == "sites" }) else { return 0 }
    var counted: [Int: UInt64] = [:]
    for site in trace.sites {
      counted[site.process] = site.opened.addingWithSaturation(counted[site.process] ?? 0)
    }
    return trace.processes.count { process in
      let lacking = process.opened.subtractingWithSaturation(counted[process.id] ?? 0)
      return lacking > UInt64(threads.underWay(in: process)) + process.opened / 1000
    }
  }
}

extension TracedProcess {
  /// How many descriptors it has open by its counters.
  fileprivate var openByCount: Int64 {
    Int64(bitPattern: UInt64(inherited) &+ opened &- closed)
  }

  /// How many it opened, closed, found or lost until its record was as `later`, at most.
  fileprivate func eventsUntil(_ later: fdt_process) -> Int64 {
    let changes = [
      later.opened &- opened, later.closed &- closed, UInt64(later.unseen &- unseen),
      UInt64(later.vanished &- vanished),
      UInt64((Int64(later.inherited) - Int64(inherited)).magnitude),
    ]
    return Int64(clamping: changes.reduce(UInt64(0)) { $0.addingWithSaturation($1) })
  }
}
