extension OpenMetricsRenderer {
  func write(_ processes: [Report.Process], to writer: inout OpenMetricsWriter) {
    let shown = Self.shown(processes)
    writer.gauge("trace_processes", help: "Programs that ran in processes of the trace.")
    writer.sample(processes.count)
    writer.gauge(
      "omitted_processes",
      help:
        "Those that have no samples of their own, since there are more than \(Self.processLimit)."
    )
    writer.sample(processes.count - shown.count)

    func each(
      _ name: String, unit: String? = "fds", _ help: String, _ value: (Report.Process) -> UInt64?
    ) {
      writer.gauge("process_" + name, unit: unit, help: help)
      for process in shown {
        if let value = value(process) { writer.sample(value, of: Self.labels(of: process)) }
      }
    }
    each(
      "running", unit: nil, "1 while the process runs, 0 when it has ended. Absent when unknown."
    ) {
      $0.mayRun ? nil : $0.endKind == "running" ? 1 : 0
    }
    each("open", "Open now, or at the process's end: its own and inherited ones.") {
      UInt64(clamping: $0.openAtEnd)
    }
    each("limit", "How many it may have open: the soft RLIMIT_NOFILE. Absent when unlimited.") {
      $0.fdLimit
    }
    each("peak", "The most that it had open at once.") { UInt64($0.peak) }
    each("inherited", "Of the open ones, those that it did not open itself.") {
      UInt64(clamping: $0.inherited.count + $0.omittedInherited)
    }
    each("opened", "Opened by the process itself, so far.") { $0.opened }
    each("closed", "Closed by the process, so far.") { $0.closed }
    each(
      "limit_hit", unit: nil, "1 when a call of the process failed for want of descriptors, else 0."
    ) { $0.limitHit == nil ? 0 : 1 }
  }

  /// In the report's order.
  private static func shown(_ processes: [Report.Process]) -> [Report.Process] {
    guard processes.count > processLimit else { return processes }
    let ranked = processes.sorted {
      (isOver($0) ? 1 : 0, -$0.openAtEnd, $0.id) < (isOver($1) ? 1 : 0, -$1.openAtEnd, $1.id)
    }
    return ranked.prefix(processLimit).sorted { $0.id < $1.id }
  }

  private static func isOver(_ process: Report.Process) -> Bool { process.endKind != "running" }

  /// `process` is what tells them apart: a pid goes on as another program, and is used again.
  private static func labels(of process: Report.Process) -> OpenMetricsLabels {
    [
      ("process", String(process.id)), ("pid", String(process.pid)),
      ("program", process.name.program ?? ""),
    ]
  }
}
