import TraceModel

/// What processes went on doing, as far as the ring still tells: it overwrites the
/// oldest, so what it says of the time after some moment is true and may be too little.
struct WorkHistory {
  /// Moments of opens, in order.
  private var opens: [Int: [UInt64]] = [:]
  private struct Thread: Hashable {
    var process: Int
    var thread: UInt32
  }
  private var latest: [Thread: UInt64] = [:]
  private let opened: [Int: UInt64]

  /// Looks at `processes` only: the ring may hold millions of records.
  init(_ trace: Trace, of processes: Set<Int>) {
    opened = Dictionary(trace.processes.map { ($0.id, $0.opened) }) { first, _ in first }
    guard !processes.isEmpty else { return }
    trace.events.forEach { event in
      guard processes.contains(event.process) else { return }
      switch event.kind {
      case .opened, .duplicated, .received: opens[event.process, default: []].append(event.ticks)
      case .closed: break
      default: return
      }
      let thread = Thread(process: event.process, thread: event.thread)
      latest[thread] = max(latest[thread] ?? 0, event.ticks)
    }
    for process in opens.keys { opens[process]?.sort() }
  }

  /// How many descriptors the process opened after `moment`, at least.
  func opens(of process: Int, after moment: UInt64) -> UInt64 {
    guard let ticks = opens[process] else { return 0 }
    var (low, high) = (0, ticks.count)
    while low < high {
      let middle = (low + high) / 2
      if ticks[middle] > moment { high = middle } else { low = middle + 1 }
    }
    return UInt64(ticks.count - low)
  }

  /// How many it opened until `moment`, at most.
  func opens(of process: Int, until moment: UInt64) -> UInt64 {
    let (all, after) = (opened[process] ?? 0, opens(of: process, after: moment))
    return all > after ? all - after : 0
  }

  /// True when each of the threads opened or closed something after `moment`.
  func areActive(_ threads: Set<UInt32>, of process: Int, after moment: UInt64) -> Bool {
    threads.allSatisfy { thread in
      latest[Thread(process: process, thread: thread)].map { $0 > moment } == true
    }
  }
}
