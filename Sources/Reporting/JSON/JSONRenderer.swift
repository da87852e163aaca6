/// Renders a report as JSON of the schema `fdtrack-report/1`, see `docs/json.md`: with sorted
/// keys, so that two reports can be compared line by line.
public struct JSONRenderer: Sendable {
  /// The schema's name; its members are stable, more may be added under the same name.
  public static let schema = "fdtrack-report/1"
  /// Of `docs/report.schema.json`; the part behind the dot grows with each addition.
  public static let schemaVersion = "1.10"

  public init() {}

  /// Hands the document on in blocks, since it may be larger than memory should be; ends
  /// early when `output` returns false. A newline ends it.
  public func render(
    _ report: Report, to output: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    var json = JSONWriter(to: output)
    json.object { members(of: report, &$0) }
    json.end()
  }

  /// The members of the document's object.
  func members(of report: Report, _ json: inout JSONWriter) {
    json.member("code_maps", report.codeMaps)
    json.member("comparison", orNull: report.comparison, comparison)
    json.member("inheritance", report.inheritance.enumerated()) { json, row in
      keptFile(&json, row.element, withStacks: row.offset < Self.stackedRows)
    }
    json.member("marks", report.marks, mark)
    json.member("misuse", report.misuse, misuse)
    json.member("modules_without_symbols", report.bareModules, bareModule)
    json.member("processes", report.processes, process)
    json.member("redacted", report.redacted.names)
    json.member("schema", Self.schema)
    json.member("schema_version", Self.schemaVersion)
    json.member("sites", report.sites, site)
    json.member("summary") { summary(report, &$0) }
    json.member("suppressions", report.suppressions, suppression)
    json.member("timeline", orNull: report.timeline, timeline)
    json.member("trace") { trace(report.trace, &$0) }
  }

  private func summary(_ report: Report, _ json: inout JSONWriter) {
    json.member("headline", Narrative(report).headline)
    json.member("held_sites", report.siteCount(.held))
    json.member("leak_sites", report.siteCount(.leak))
    json.member("leaked_fds", report.liveCount(.leak))
    json.member("lossy", report.isLossy)
    json.member("omitted_fds", report.omitted.descriptors + report.unlisted.descriptors)
    json.member("omitted_inheritance", report.unlisted.keptFiles)
    json.member("omitted_misuses", report.unlisted.misuses)
    json.member("omitted_sites", report.omitted.sites + report.unlisted.sites)
    json.member("suppressed_fds", report.liveCount(.suppressed))
    json.member("suppressed_sites", report.siteCount(.suppressed))
    json.member("suspect_sites", report.siteCount(.suspect))
  }

  private func trace(_ trace: Report.TraceSummary, _ json: inout JSONWriter) {
    json.member("coverage") {
      $0.member("unseen", trace.unseen)
      $0.member("vanished", trace.vanished)
    }
    json.member("damaged", trace.damaged)
    json.member("duration_ns", trace.durationNs)
    json.member("events_kept", trace.eventsKept)
    json.member("events_total", trace.eventsTotal)
    json.member("events_total_exact", trace.eventsTotalIsExact)
    json.member("host", trace.host)
    json.member("id", trace.id)
    json.member("kernel", trace.kernel)
    json.member("libc", trace.libc)
    json.member("losses") {
      for loss in trace.losses.sorted(by: { $0.name < $1.name }) {
        $0.member(loss.name, .init(loss.count))
      }
    }
    json.member("path", trace.path)
    json.member("processes", trace.processCount)
    json.member("started", trace.startedRealtimeNs.map(Timestamp.text))
    json.member("started_ns", trace.startedRealtimeNs)
  }

  private func bareModule(_ json: inout JSONWriter, _ module: Report.BareModule) {
    json.object {
      $0.member("addresses", module.addresses)
      $0.member("build_id", module.buildID)
      $0.member("path", module.path)
      $0.member("reason", module.code)
      $0.member("text", module.text)
    }
  }
}
