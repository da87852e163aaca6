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

  private var events: [Closer: [Event]] = [:]

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
      events[Closer(process: event.process, thread: event.thread), default: []].append(event)
    }
  }

  /// Whether the close that failed was one of several in order.
  func explain(_ misuse: MisuseRecord, _ trace: Trace) -> Bool {
    guard Self.mayBePart(misuse, trace),
      let events = events[Closer(process: misuse.process, thread: misuse.act.thread)]
    else { return false }
    let closes = events.drop { $0.ticks <= misuse.closed.ticks }
      .prefix { $0.kind == .closed && $0.stack == misuse.act.stack }
    var numbers: [Int] = []
    for close in closes {
      guard close.fd > numbers.last ?? -1 else { break }
      numbers.append(close.fd)
    }
    return numbers.count >= Self.least && numbers.contains(misuse.fds.lowerBound)
  }

  private static func mayBePart(_ misuse: MisuseRecord, _ trace: Trace) -> Bool {
    misuse.kind == .closeAgain && misuse.count == 1
      && trace.callName(misuse.opened.call) == "opendir"
      && trace.callName(misuse.closed.call) == "closedir"
      && misuse.closed.thread == misuse.act.thread
  }
}
