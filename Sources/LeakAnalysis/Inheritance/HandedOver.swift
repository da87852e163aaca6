import TraceModel

/// What processes meant for the programs that they went on as: whose it is from then on, those
/// tell.
struct HandedOver {
  /// By `TracedProcess.id`.
  private var numbers: [Int: Set<Int>] = [:]

  init(_ crossings: ExecCrossings) {
    for crossing in crossings.own {
      let process = crossings.views[crossing.view].process
      let cause = crossings.history.cause(of: crossing.held, on: crossing.way, in: process.id)
      guard cause.isByDesign, Self.isSetUp(crossing.held, of: process, crossings.trace) else {
        continue
      }
      numbers[process.id, default: []].insert(crossing.held.fd)
    }
  }

  /// A process that was forked long ago makes duplicates for itself, too, and leaks them; but hardly
  /// under numbers that it chose.
  private static func isSetUp(
    _ held: Descriptor, of process: TracedProcess, _ trace: Trace
  ) -> Bool {
    let call = trace.callName(held.call)
    if held.source == nil || call.hasSuffix("dup2") || call.hasSuffix("dup3") { return true }
    let since = held.openedTicks.subtractingWithSaturation(process.startTicks)
    return trace.clock.duration(since) ?? .max < Thresholds.setUpNs
  }

  /// The numbers of those that a process handed over.
  func numbers(of process: Int) -> Set<Int> { numbers[process] ?? [] }
}
