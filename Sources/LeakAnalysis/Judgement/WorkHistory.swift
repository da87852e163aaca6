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
    // Records come in runs of one thread: hashing for each of them would take longest.
    var run = Run(of: Thread(process: 0, thread: 0), isWanted: false)
    trace.events.forEach { event in
      if event.process != run.thread.process || event.thread != run.thread.thread {
        end(run)
        run = Run(
          of: Thread(process: event.process, thread: event.thread),
          isWanted: processes.contains(event.process))
      }
      guard run.isWanted else { return }
      switch event.kind {
      case .opened, .duplicated, .received: run.opens.append(event.ticks)
      case .closed: break
      default: return
      }
      run.latest = max(run.latest ?? 0, event.ticks)
    }
    end(run)
    for process in opens.keys { opens[process]?.sort() }
  }

  /// What one thread did in a row.
  private struct Run {
    let thread: Thread
    let isWanted: Bool
    var opens: [UInt64] = []
    var latest: UInt64?

    init(of thread: Thread, isWanted: Bool) { (self.thread, self.isWanted) = (thread, isWanted) }
  }

  private mutating func end(_ run: Run) {
    guard let last = run.latest else { return }
    latest[run.thread] = max(latest[run.thread] ?? 0, last)
    if !run.opens.isEmpty { opens[run.thread.process, default: []] += run.opens }
  }

  /// How many descriptors the process opened after `moment`, at least.
  func opens(of process: Int, after moment: UInt64) -> UInt64 {
    guard let ticks = opens[process] else { return 0 }
    return UInt64(ticks.count - ticks.partitioningIndex { $0 > moment })
  }

  /// How many it opened until `moment`, at most.
  func opens(of process: Int, until moment: UInt64) -> UInt64 {
    let (all, after) = (opened[process] ?? 0, opens(of: process, after: moment))
    return all.subtractingWithSaturation(after)
  }

  /// True when each of the threads opened or closed something after `moment`.
  func areActive(_ threads: Set<UInt32>, of process: Int, after moment: UInt64) -> Bool {
    threads.allSatisfy { thread in
      latest[Thread(process: process, thread: thread)].map { $0 > moment } == true
    }
  }
}
