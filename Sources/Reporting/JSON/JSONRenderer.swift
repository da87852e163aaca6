/// Renders a report as JSON of the schema `fdtrack-report/1`, see `docs/json.md`.
public struct JSONRenderer: Sendable {
  /// The schema's name; its keys are stable, more may be added under the same name.
  public static let schema = "fdtrack-report/1"

  public init() {}

  /// Returns the document with a final newline.
  public func render(_ report: Report) throws -> String {
    var writer = JSONWriter()
    writer.object([
      ("schema", { $0.write(.init(Self.schema)) }),
      ("trace", { $0.write(trace(report)) }),
      ("processes", { $0.array(report.processes, process) }),
      ("sites", { $0.array(report.sites, site) }),
      ("misuse", { $0.array(report.misuse, misuse) }),
      (
        "inheritance",
        {
          $0.array(report.inheritance.enumerated()) { index, kept in
            keptFile(kept, withStacks: index < Self.stackedRows)
          }
        }
      ),
      ("comparison", { $0.write(report.comparison.map(comparison) ?? .null) }),
      ("suppressions", { $0.array(report.suppressions, suppression) }),
      ("modules_without_symbols", { $0.array(report.bareModules, bareModule) }),
      ("summary", { $0.write(summary(report)) }),
    ])
    writer.end()
    return writer.text
  }

  private func summary(_ report: Report) -> JSONValue {
    .object([
      "headline": .init(Narrative(report).headline),
      "leak_sites": .init(report.sites(.leak).count),
      "leaked_fds": .init(report.liveCount(.leak)),
      "suspect_sites": .init(report.sites(.suspect).count),
      "held_sites": .init(report.sites(.held).count),
      "suppressed_sites": .init(report.sites(.suppressed).count),
      "suppressed_fds": .init(report.liveCount(.suppressed)),
      "lossy": .init(report.isLossy),
      "omitted_sites": .init(report.omitted.sites),
      "omitted_fds": .init(report.omitted.descriptors),
    ])
  }

  private func trace(_ report: Report) -> JSONValue {
    let trace = report.trace
    return .object([
      "path": .init(trace.path),
      "started": .init(trace.startedRealtimeNs.map(Timestamp.text)),
      "started_ns": .init(trace.startedRealtimeNs),
      "duration_ns": .init(trace.durationNs),
      "processes": .init(trace.processCount),
      "events_kept": .init(trace.eventsKept),
      "events_total": .init(trace.eventsTotal),
      "events_total_exact": .init(trace.eventsTotalIsExact),
      "losses": .object(
        Dictionary(trace.losses.map { ($0.name, JSONValue($0.count)) }) { first, _ in first }),
      "coverage": .object(["unseen": .init(trace.unseen), "vanished": .init(trace.vanished)]),
      "damaged": .init(trace.damaged),
      "host": .init(trace.host), "kernel": .init(trace.kernel), "libc": .init(trace.libc),
    ])
  }

  private func bareModule(_ module: Report.BareModule) -> JSONValue {
    .object([
      "path": .init(module.path), "build_id": .init(module.buildID), "reason": .init(module.code),
      "text": .init(module.text), "addresses": .init(module.addresses),
    ])
  }
}
