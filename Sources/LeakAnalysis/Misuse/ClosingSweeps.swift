import TraceModel

/// Runs through what a folder had listed, close by close, as far as the ring still tells: the
/// folder is closed, and then come its numbers in order, all by one thread in one place.
///
/// Whose number was given to another since shows by that alone that it was listed.
struct ClosingSweeps {
  private struct Closer: Hashable {
    var process: Int
    var thread: UInt32
  }

  /// Fewer closes in order may be anybody's.
  private static let least = 3

  /// What one thread did, in order.
  private struct History {
    private var events: [Event] = []
    /// Closes of ever higher numbers in one place, and what stands alone.
    private var runs: [Range<Int>] = []

    mutating func append(_ event: Event) {
      let end = events.count + 1
      if let last = events.last, last.fd >= 0, last.kind == .closed, event.kind == .closed,
        event.stack == last.stack, event.fd > last.fd
      {
        runs[runs.count - 1] = runs[runs.count - 1].lowerBound..<end
      } else {
        runs.append(events.count..<end)
      }
      events.append(event)
    }

    /// The run that goes on right after a moment, from there.
    func run(after ticks: UInt64) -> ArraySlice<Event> {
      let start = events.partitioningIndex { $0.ticks > ticks }
      let run = runs.partitioningIndex { $0.upperBound > start }
      return run < runs.endIndex ? events[start..<runs[run].upperBound] : []
    }
  }

  private var histories: [Closer: History] = [:]

  init(_ trace: Trace) {
    var since: [Closer: UInt64] = [:]
    for misuse in trace.misuses where Self.mayBePart(misuse, trace) {
      let closer = Closer(process: misuse.process, thread: misuse.act.thread)
      since[closer] = min(since[closer] ?? .max, misuse.closed.ticks)
    }
    guard !since.isEmpty else { return }
    let told = trace.events.inOrder { event in
      event.ticks >= since[Closer(process: event.process, thread: event.thread)] ?? .max
    }
    for event in told {
      histories[Closer(process: event.process, thread: event.thread), default: History()]
        .append(event)
    }
  }

  /// Whether the close that failed was one of several in order.
  func explain(_ misuse: MisuseRecord, _ trace: Trace) -> Bool {
    guard Self.mayBePart(misuse, trace),
      let history = histories[Closer(process: misuse.process, thread: misuse.act.thread)],
      case let run = history.run(after: misuse.closed.ticks), run.count >= Self.least,
      run.first?.stack == misuse.act.stack,
      case let index = run.partitioningIndex(where: { $0.fd >= misuse.fds.lowerBound })
    else { return false }
    return index < run.endIndex && run[index].fd == misuse.fds.lowerBound
  }

  private static func mayBePart(_ misuse: MisuseRecord, _ trace: Trace) -> Bool {
    misuse.kind == .closeAgain && misuse.count == 1
      && trace.callName(misuse.opened.call) == "opendir"
      && trace.callName(misuse.closed.call) == "closedir"
      && misuse.closed.thread == misuse.act.thread
  }
}
