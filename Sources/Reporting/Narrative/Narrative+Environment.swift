extension Narrative {
  /// Where and when the run was, by name; what is not known is left out.
  var environment: [(name: String, value: String)] {
    let first = report.processes.first
    let rows: [(String, String?)] = [
      ("Program", first?.exe),
      ("Command line", first.map { Self.cut($0.argv.joined(separator: " "), to: 1_000) }),
      ("Host", report.trace.host), ("Kernel", report.trace.kernel),
      ("C library", report.trace.libc),
      ("Limit of fds", first?.fdLimit.map(String.init)),
      ("Started", report.trace.startedRealtimeNs.map(Timestamp.text)),
      ("Duration", report.trace.durationNs.map(DurationText.of)),
      ("Trace", report.trace.path),
    ]
    return rows.compactMap { name, value in
      value.flatMap { $0.isEmpty ? nil : (name, $0) }
    }
  }
}
