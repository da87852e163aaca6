import Glibc
import TraceModel

extension Misuse {
  /// Second closes of descriptors whose first is still known: a `close` that
  /// failed with EBADF, of a number that the table knows as closed.
  ///
  /// One stack that does so for several numbers is a loop that closes whatever
  /// there may be, as daemons do, and is left out.
  static func doubleCloses(_ trace: Trace) -> [Misuse] {
    struct Place: Hashable {
      var process: Int
      var stack: StackNumber
    }
    var failures: [Place: [Int: (count: Int, ticks: UInt64)]] = [:]
    trace.events.forEach { event in
      guard event.kind == .closed && event.result == EBADF && event.fd >= 0 else { return }
      let place = Place(process: event.process, stack: event.stack)
      var known = failures[place, default: [:]][event.fd] ?? (0, 0)
      known.count += 1
      known.ticks = max(known.ticks, event.ticks)
      failures[place, default: [:]][event.fd] = known
    }
    var found: [Misuse] = []
    for (place, fds) in failures {
      guard fds.count == 1, let (fd, failure) = fds.first,
        let entry = trace.process(place.process)?.descriptor(fd), entry.state == .closed,
        let note = entry.note, note.ticks <= failure.ticks
      else { continue }
      found.append(
        Misuse(
          kind: "double_close", process: place.process, fd: fd, count: failure.count,
          stack: place.stack, openedAt: entry.stack, closedAt: note.stack))
    }
    return found.sorted { ($0.process, $0.fd, $0.stack) < ($1.process, $1.fd, $1.stack) }
  }
}
