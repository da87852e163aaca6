/// Renders a report as JSON Lines (https://jsonlines.org): a row for each site, of numbers,
/// texts, booleans and nulls alone, so that a database loads it without being told how. Every
/// row has all columns, and those of its trace, so that the rows of many traces can be joined.
/// `docs/formats.md` tells what they mean.
public struct JSONLinesRenderer: Sendable {
  /// The rows' schema; its columns are stable, more may be added under the same name.
  public static let schema = "fdtrack-site/1"

  public init() {}

  /// Hands the rows on in blocks, the worst site first; ends early when `output` returns false.
  public func render(
    _ report: Report, to output: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    var json = JSONWriter(.oneLine, to: output)
    let narrative = Narrative(report)
    for site in report.sites {
      if json.isStopped { break }
      json.object { row(site, narrative, &$0) }
      json.endLine()
    }
    json.flush()
  }

  private func row(_ site: Report.Site, _ narrative: Narrative, _ json: inout JSONWriter) {
    let focus = site.stack.focus
    let first = narrative.report.processes.first
    let trace = narrative.report.trace
    json.member("advice", site.advice.joined(separator: " "))
    json.member("api", site.api)
    json.member("cause_api", site.cause?.api)
    json.member("cause_error", site.cause?.error)
    json.member("cause_error_name", site.cause?.errorName)
    json.member("cause_place", site.cause?.stack.focus?.shortPlace)
    json.member("change", site.change?.rawValue)
    json.member("closed", site.closed)
    json.member("command", first.map { $0.argv.joined(separator: " ") })
    json.member("exe", first?.exe)
    json.member("file", focus?.file)
    json.member("fingerprint", site.fingerprint)
    json.member("first_opened_ns", site.firstOpenedNs)
    json.member("found", site.found.rawValue)
    json.member("function", focus?.function)
    json.member("host", trace.host)
    json.member("kernel", trace.kernel)
    json.member("kind", site.kind)
    json.member("last_opened_ns", site.lastOpenedNs)
    json.member("libc", trace.libc)
    json.member("limit_reached_in_ns", site.limitReachedInNs)
    json.member("line", focus?.line)
    json.member("live", site.live)
    json.member("lossy", narrative.report.isLossy)
    json.member("mark", site.marks.first?.mark)
    json.member("module", focus?.module)
    json.member("names", narrative.names(of: site))
    json.member("objects", site.objects)
    json.member("opened", site.opened)
    json.member("peak", site.peak)
    json.member("pid", first?.pid)
    json.member("place", focus?.shortPlace)
    json.member("processes_holding", site.byProcess.count { $0.live > 0 })
    json.member("rate_end", site.growth?.end?.code)
    json.member("rate_end_ns", site.growth?.end?.atNs)
    json.member("rate_fit", site.growth?.fit)
    json.member("rate_per_hour", site.growth?.perHour)
    json.member("rate_quality", site.rateQuality)
    json.member("reason", site.reasons.first?.code)
    json.member("reason_text", site.reasons.first?.text)
    json.member("reasons", site.reasons.map(\.code).joined(separator: ","))
    json.member("schema", Self.schema)
    json.member("site", site.id)
    json.member("stack", site.stack.frames.map(Self.line).joined(separator: "\n"))
    json.member("stack_end", site.stack.end.rawValue)
    json.member("suppressed_by", site.suppressed?.name)
    json.member("suppressed_reason", site.suppressed?.reason)
    json.member("title", narrative.title(of: site))
    json.member("trace_duration_ns", trace.durationNs)
    json.member("trace_id", trace.id)
    json.member("trace_path", trace.path)
    json.member("trace_processes", trace.processCount)
    json.member("trace_started", trace.startedRealtimeNs.map(Timestamp.text))
    json.member("trace_started_ns", trace.startedRealtimeNs)
    json.member("verdict", site.verdict.rawValue)
  }

  /// `dial client.c:55`, or the place alone where no symbol covers it.
  private static func line(_ frame: Report.StackFrame) -> String {
    frame.function.map { "\($0) \(frame.shortPlace)" } ?? frame.shortPlace
  }
}
