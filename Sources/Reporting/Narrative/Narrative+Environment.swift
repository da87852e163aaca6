extension Narrative {
  /// Where and when the run was, by name; what is not known is left out.
  var environment: [(name: String, value: String)] {
    let first = report.processes.first
    let rows: [(String, String?)] = [
      ("Program", first?.exe),
      ("Build-id", first?.buildID),
      ("Command line", first.map { VisibleText.cut($0.argv.joined(separator: " "), to: 1_000) }),
      ("Folder", first?.cwd),
      ("Host", report.trace.host), ("Kernel", report.trace.kernel),
      ("C library", report.trace.libc),
      ("Limit of fds", first.flatMap(Self.limits)),
      ("Started", report.trace.startedRealtimeNs.map(Timestamp.text)),
      ("Duration", report.trace.durationNs.map(DurationText.of)),
      ("Trace", report.trace.path),
    ]
    return rows.compactMap { name, value in
      value.flatMap { $0.isEmpty ? nil : (name, $0) }
    }
  }

  /// `1024, hard 4096`.
  private static func limits(_ process: Report.Process) -> String? {
    guard let soft = process.fdLimit else { return nil }
    return process.fdLimitHard.map { $0 == soft ? "\(soft)" : "\(soft), hard \($0)" } ?? "\(soft)"
  }
}
