import Glibc
import ProcessInspection
import TraceModel

/// Finds out what recorders look at only when their processes end, of those that still run: what
/// has become of connections, and what was opened or closed in ways that were not seen.
enum LiveLook {
  /// Between the kernel's answer and the reading that confirms it: who was just given a number
  /// writes it down meanwhile.
  private static let pauseMicroseconds: UInt32 = 10_000

  /// Enters what the kernel tells into a trace of `path`. `running` are the `TracedProcess.id`s of
  /// those that run here.
  static func enter(into trace: inout Trace, of running: Set<Int>, path: String) {
    let traced = trace.processes.filter { running.contains($0.id) && !$0.runsUntraced }
    guard !traced.isEmpty else { return }
    let pids = Dictionary(traced.map { ($0.id, $0.pid) }) { first, _ in first }
    let connections = trace.connections(of: Set(pids.keys))
    func byPID<Value>(_ values: [Int: Value]) -> [Int: Value] {
      Dictionary(values.compactMap { id, value in pids[id].map { ($0, value) } }) { first, _ in
        first
      }
    }
    let tables = TableLook.sights(
      of: byPID(Dictionary(traced.map { ($0.id, trace.openNumbers(of: $0)) }) { first, _ in first })
    )
    let sights = ConnectionLook.sights(of: byPID(connections))
    let now = Inspector.monotonicClock()
    usleep(pauseMicroseconds)
    guard var file = try? LiveTrace(path: path),
      let later = try? file.read(withClosed: true, tablesOf: { pids[$0.id] != nil })
    else { return }
    trace.compare(
      with: pids.compactMapValues { tables[$0] }, untilMonotonicNs: now, confirmedBy: later)
    trace.enter(
      pids.compactMapValues { sights[$0] }, untilMonotonicNs: now, confirmedBy: later)
  }
}
