import LeakAnalysis

/// Renders a report as OpenMetrics text, for the textfile collector of node_exporter and for
/// whatever else reads metrics from a file.
///
/// How many samples there are is bounded, see ``processLimit`` and ``siteLimit``; what is left
/// out is counted. Samples that would have equal labels are added up.
public struct OpenMetricsRenderer: Sendable {
  /// Processes that have samples of their own: the running ones first, then those that hold most.
  public static let processLimit = 200
  /// Sites that have samples of their own, worst first.
  public static let siteLimit = 200

  public init() {}

  /// The whole text, its `# EOF` included.
  public func render(_ report: Report) -> String {
    // Every sample names its trace: files in one folder must not hold the same series.
    var writer = OpenMetricsWriter(common: [("trace", report.trace.path)])
    write(report.trace, of: report, to: &writer)
    writeVerdicts(of: report, to: &writer)
    write(report.processes, to: &writer)
    write(report.sites, unlisted: report.unlisted.sites, to: &writer)
    writer.end()
    return writer.text
  }

  private func write(
    _ trace: Report.TraceSummary, of report: Report, to writer: inout OpenMetricsWriter
  ) {
    writer.gauge("trace_info", help: "Where the trace was recorded; always 1.")
    writer.sample(
      1,
      of: [
        ("host", trace.host ?? ""), ("kernel", trace.kernel ?? ""), ("libc", trace.libc ?? ""),
      ])
    if let started = trace.startedRealtimeNs {
      writer.gauge(
        "trace_start_timestamp", unit: "seconds", help: "When the trace began, since 1970.")
      writer.sample(nanoseconds: started)
    }
    if let duration = trace.durationNs {
      writer.gauge(
        "trace_duration", unit: "seconds", help: "From the trace's beginning to its latest event.")
      writer.sample(nanoseconds: duration)
    }
    writer.gauge(
      "trace_lossy",
      help: "1 when anything went unrecorded or unseen: then nothing found does not mean clean.")
    writer.sample(report.isLossy ? 1 : 0)
    writer.gauge(
      "trace_losses", help: "What did not fit into the trace, by the table that was full.")
    for loss in trace.losses { writer.sample(loss.count, of: [("resource", loss.name)]) }
    writer.gauge(
      "trace_unseen", unit: "fds", help: "Found open, but no recorded call opened them.")
    writer.sample(trace.unseen)
    writer.gauge("trace_vanished", unit: "fds", help: "Closed by a path that was not recorded.")
    writer.sample(trace.vanished)
    writer.gauge(
      "trace_damaged_records", help: "Records that contradict the trace's format, or are missing.")
    writer.sample(trace.damaged)
  }

  private func writeVerdicts(of report: Report, to writer: inout OpenMetricsWriter) {
    let verdicts: [Verdict] = [.leak, .suspect, .held, .suppressed]
    writer.gauge("sites", help: "Call sites with open descriptors, by verdict.")
    for verdict in verdicts {
      writer.sample(report.siteCount(verdict), of: [("verdict", verdict.rawValue)])
    }
    writer.gauge("open", unit: "fds", help: "Descriptors open at those sites, by verdict.")
    for verdict in verdicts {
      writer.sample(report.liveCount(verdict), of: [("verdict", verdict.rawValue)])
    }
    writer.gauge("misuses", help: "Wrong closes and uses of descriptors, by kind.")
    var misuses: [String: UInt64] = [:]
    for misuse in report.misuse {
      misuses[misuse.kind] = (misuses[misuse.kind] ?? 0).addingWithSaturation(misuse.count)
    }
    for (kind, count) in misuses.sorted(by: { $0.key < $1.key }) {
      writer.sample(count, of: [("kind", kind)])
    }
  }
}
