import Glibc
import ProcessInspection
import TraceModel

/// Finds out what recorders look at only when their processes end, of those that still run: what
/// has become of connections, who has the other ends of pipes, and what was opened or closed in
/// ways that were not seen.
enum LiveLook {
  /// Between the kernel's answer and the reading that confirms it: who was just given a number
  /// writes it down meanwhile.
  private static let pauseMicroseconds: UInt32 = 10_000

  /// Enters what the kernel tells into a trace of `path`. `running` are the pids of those that run
  /// here, by `TracedProcess.id`.
  static func enter(into trace: inout Trace, of running: [Int: Int], path: String) {
    let traced = trace.processes.filter { running[$0.id] != nil && !$0.runsUntraced }
    guard !traced.isEmpty else { return }
    var known: [Int: Set<Int>] = [:]
    var (sockets, pipes): ([Int: [Int]], [Int: [Int]]) = ([:], [:])
    let ids = Set(traced.map(\.id))
    let (connections, pipeEnds) = (trace.connections(of: ids), trace.pipeEnds(of: ids))
    for process in traced {
      guard let pid = running[process.id] else { continue }
      known[pid] = trace.openNumbers(of: process)
      sockets[pid] = connections[process.id]
      pipes[pid] = pipeEnds[process.id]
    }
    let tables = TableLook.sights(of: known)
    let connectionSights = ConnectionLook.sights(of: sockets)
    let pipeSights = PipeLook.sights(of: pipes)
    let now = Inspector.monotonicClock()
    usleep(pauseMicroseconds)
    guard var file = try? LiveTrace(path: path),
      let later = try? file.read(withClosed: true, tablesOf: { running[$0.id] != nil })
    else { return }
    trace.compare(
      with: running.compactMapValues { tables[$0] }, untilMonotonicNs: now, confirmedBy: later)
    trace.enter(
      running.compactMapValues { connectionSights[$0] }, untilMonotonicNs: now, confirmedBy: later)
    trace.enter(
      running.compactMapValues { pipeSights[$0] }, untilMonotonicNs: now, confirmedBy: later)
  }
}
