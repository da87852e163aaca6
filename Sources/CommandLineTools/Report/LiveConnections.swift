import ProcessInspection
import TraceModel

/// Finds out what has become of the connections of processes that still run: their recorders look
/// only when they end.
enum LiveConnections {
  /// Enters what the kernel tells into a trace of `path`. `running` are the `TracedProcess.id`s of
  /// those that run here.
  static func enter(into trace: inout Trace, of running: Set<Int>, path: String) {
    let traced = trace.processes.filter { running.contains($0.id) && !$0.runsUntraced }
    let numbers = trace.connections(of: Set(traced.map(\.id)))
    guard !numbers.isEmpty else { return }
    var (pids, wanted): ([Int: Int], [Int: [Int]]) = ([:], [:])
    for process in traced {
      pids[process.id] = process.pid
      wanted[process.pid] = numbers[process.id]
    }
    let sights = ConnectionLook.sights(of: wanted)
    let now = Inspector.monotonicClock()
    guard var file = try? LiveTrace(path: path),
      let later = try? file.read(tablesOf: { numbers[$0.id] != nil })
    else { return }
    trace.enter(pids.compactMapValues { sights[$0] }, untilMonotonicNs: now, confirmedBy: later)
  }
}
