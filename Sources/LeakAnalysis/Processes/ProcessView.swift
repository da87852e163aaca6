import TraceModel

/// What one process holds at its end, and how long it is known to have lived. An object, as
/// many refer to it.
final class ProcessView: Sendable {
  let process: TracedProcess
  /// Opened by itself.
  let own: DescriptorList
  let inherited: DescriptorList
  let unseen: DescriptorList
  let endKind: ProcessFinding.EndKind
  /// No end was recorded, and nobody knows whether it lives.
  let mayRun: Bool
  /// Another record tells of the program that it went on as.
  let continues: Bool
  /// It went on as a program that did not join the trace.
  let goesOnUntraced: Bool
  /// The end, or the latest moment at which it is known to have lived.
  let endTicks: UInt64

  /// Standard input, output and error.
  static let standardStreams = 0...2

  init(
    _ process: TracedProcess, continues: Bool, isRunning: Bool, isGone: Bool, lastSeenTicks: UInt64
  ) {
    self.process = process
    endKind = Self.endKind(process, continues: continues, isRunning: isRunning)
    mayRun = process.end == .none && endKind == .unknown && !isGone
    self.continues = continues
    // Its end may be known all the same, from a parent that waited for it.
    goesOnUntraced =
      !continues && (endKind == .exec || process.flags.contains(.execPending))
    let isReplaced = endKind == .exec || goesOnUntraced
    endTicks = Self.endTicks(process, isReplaced: isReplaced, lastSeenTicks)
    var own = DescriptorList(of: process.descriptors)
    var (inherited, unseen) = (own, own)
    for (slot, descriptor) in process.descriptors.enumerated()
    where Self.isOpen(descriptor, isReplaced: isReplaced) {
      switch descriptor.via {
      case .open: own.append(slot: slot)
      case .fork, .exec, .outside: inherited.append(slot: slot)
      case .unseen: unseen.append(slot: slot)
      }
    }
    (self.own, self.inherited, self.unseen) = (own, inherited, unseen)
  }

  /// Who waited for it may have told its end by another clock than its own: what it did was before.
  private static func endTicks(
    _ process: TracedProcess, isReplaced: Bool, _ lastSeenTicks: UInt64
  ) -> UInt64 {
    guard let end = process.endTicks else { return max(lastSeenTicks, process.startTicks) }
    return isReplaced ? end : max(end, lastSeenTicks)
  }

  /// False for a spawned child that never joined the trace.
  var isTraced: Bool { process.how != .spawn || process.flags.contains(.attached) }

  /// Whether the trace tells when it ended, or went on as another program.
  var endIsKnown: Bool { process.endTicks != nil || endKind == .exec }

  /// Its table was compared with the kernel's when nothing came after that: as it ended by itself
  /// or went on as another program, or when the trace was read. Earlier comparisons do not tell of
  /// what came after them.
  var wasCheckedLast: Bool {
    switch process.end {
    case .exit: process.flags.contains(.snapshot) && !process.flags.contains(.endTold)
    case .exec: process.flags.contains(.snapshot)
    case .none: process.isCompared
    case .signal: false
    }
  }

  var lifeTicks: UInt64 { endTicks.subtractingWithSaturation(process.startTicks) }

  var openCount: Int { own.count + inherited.count + unseen.count }

  /// How many more it may open; nil when there is no limit, none known, or one below what it has:
  /// that was set afterwards, and nothing grew until it.
  var freeDescriptors: UInt64? {
    process.fdLimit.flatMap { limit in
      let held = UInt64(openCount)
      return limit < held ? nil : limit - held
    }
  }

  private static func endKind(
    _ process: TracedProcess, continues: Bool, isRunning: Bool
  ) -> ProcessFinding.EndKind {
    switch process.end {
    case .exit: return .exit
    case .signal: return .signal
    case .exec: return .exec
    case .none:
      if continues { return .exec }
      // The exec did not come back, and the new program did not join.
      if process.flags.contains(.execPending) { return .exec }
      return isRunning ? .running : .unknown
    }
  }

  /// At an exec the kernel closes what is flagged so, whether or not the new
  /// program lives to tell.
  private static func isOpen(_ descriptor: Descriptor, isReplaced: Bool) -> Bool {
    switch descriptor.state {
    case .closed, .vanished: return false
    // A close that began is a close; a snapshot would have opened it again.
    case .closing: return false
    case .open: return !(isReplaced && descriptor.flags.contains(.closeOnExec))
    }
  }
}

extension [ProcessView] {
  /// One view for each process, in order of id.
  init(_ trace: Trace, running: Set<Int>, gone: Set<Int>) {
    let lastSeen = Self.lastSeen(in: trace)
    let execed = Set(trace.processes.filter { $0.how == .exec }.compactMap(\.parent))
    let unended = trace.processes.filter { $0.endTicks == nil && $0.end == .none }
    self = trace.processes.map { process in
      // What the header says last was said by one that lived.
      let isOnlyOne = unended.count == 1 && unended.first?.id == process.id
      let isRunning = running.contains(process.id)
      return ProcessView(
        process, continues: execed.contains(process.id), isRunning: isRunning,
        isGone: gone.contains(process.id),
        lastSeenTicks: isOnlyOne || isRunning
          ? trace.clock.latestTicks : lastSeen[process.id] ?? 0)
    }
  }

  /// The latest record of each process, for those whose end was not recorded.
  private static func lastSeen(in trace: Trace) -> [Int: UInt64] {
    var latest: [Int: UInt64] = [:]
    func saw(_ process: Int, _ ticks: UInt64) {
      latest[process] = Swift.max(latest[process] ?? 0, ticks)
    }
    for process in trace.processes {
      var last = process.snapshotTicks ?? 0
      for descriptor in process.descriptors {
        if descriptor.via == .open { last = Swift.max(last, descriptor.openedTicks) }
        last = Swift.max(last, descriptor.note?.ticks ?? 0)
      }
      saw(process.id, last)
    }
    for site in trace.sites { saw(site.process, site.lastTicks) }
    for (process, ticks) in trace.events.latestTicksByProcess { saw(process, ticks) }
    return latest
  }
}
