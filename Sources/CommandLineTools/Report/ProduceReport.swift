import Reporting

/// Reads a trace, finds leaks, looks symbols up and writes the report.
///
/// A reader that goes away (`| head`) is no failure. Call it from one thread at a time.
///
/// - Throws: ``ReportFailure`` when the trace cannot be used or the report not be written.
public func produceReport(
  trace path: String, options: ReportOptions, to output: ReportOutput
) throws(ReportFailure) -> ReportOutcome {
  if let programs = options.programs {
    return try programs.produce(path, options, to: output)
  }
  let found = try TraceFindings(at: path, options.references)
  if let pid = options.process, !found.findings.processes.contains(where: { $0.pid == pid }) {
    throw InputFile.failure(path, "has no process with pid \(pid)")
  }
  // Opened first: nobody should wait for symbols to learn of a wrong path.
  var sink = try ReportSink(output, keeping: path)
  var report = found.report(
    options.references,
    filter: ReportFilter(
      minimumCount: options.minimumCount, pid: options.process,
      includesAll: options.includesAll || options.format.listsAllSites))
  report.sourceRoot = options.sourceRoot
  if let redaction = options.redaction { report = redaction.redacted(report) }
  if options.generatesSuppressions {
    try sink.write(SuppressionRenderer().render(report))
  } else {
    try options.format.write(report, to: sink, allowsColor: options.allowsColor)
  }
  try sink.finish()
  return ReportOutcome(
    leakSites: report.siteCount(.leak), newLeaks: report.comparison?.newLeaks ?? 0,
    isDamaged: report.trace.damaged > 0, isCommandUnseen: report.isCommandUnseen)
}
