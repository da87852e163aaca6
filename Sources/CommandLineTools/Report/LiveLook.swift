import Glibc
import ProcessInspection
import TraceModel

/// Finds out what recorders look at only when their processes end, of those that still run: what
/// has become of connections, and what was opened or closed in ways that were not seen.
enum LiveLook {
  /// Between the kernel's answer and the reading that confirms it: who was just given a number
  /// writes it down meanwhile.
  private static let pauseMicroseconds: UInt32 = 10_000

  /// Enters what the kernel tells into a trace of `path`. `running` are the pids of those that run
  /// here, by `TracedProcess.id`.
  static func enter(into trace: inout Trace, of running: [Int: Int], path: String) {
    let traced = trace.processes.filter { running[$0.id] != nil && !$0.runsUntraced }
    guard !traced.isEmpty else { return }
    var (known, wanted): ([Int: Set<Int>], [Int: [Int]]) = ([:], [:])
    let connections = trace.connections(of: Set(traced.map(\.id)))
    for process in traced {
      guard let pid = running[process.id] else { continue }
      known[pid] = trace.openNumbers(of: process)
      wanted[pid] = connections[process.id]
    }
    let tables = TableLook.sights(of: known)
    let sights = ConnectionLook.sights(of: wanted)
    let now = Inspector.monotonicClock()
    usleep(pauseMicroseconds)
    guard var file = try? LiveTrace(path: path),
      let later = try? file.read(withClosed: true, tablesOf: { running[$0.id] != nil })
    else { return }
    trace.compare(
      with: running.compactMapValues { tables[$0] }, untilMonotonicNs: now, confirmedBy: later)
    trace.enter(running.compactMapValues { sights[$0] }, untilMonotonicNs: now, confirmedBy: later)
  }
}
