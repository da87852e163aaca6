import FoundationEssentials

/// Renders a report as JSON of the schema `fdtrack-report/1`, see `docs/json.md`.
public struct JSONRenderer: Sendable {
  /// The schema's name; its keys are stable, more may be added under the same name.
  public static let schema = "fdtrack-report/1"

  public init() {}

  /// Returns the document with a final newline.
  public func render(_ report: Report) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(document(report)), as: UTF8.self)
    return Self.withVisibleControls(text) + "\n"
  }

  private func document(_ report: Report) -> JSONValue {
    .object([
      "schema": .init(Self.schema),
      "trace": trace(report),
      "processes": .array(report.processes.map(process)),
      "sites": .array(report.sites.map(site)),
      "misuse": .array(report.misuse.map(misuse)),
      "modules_without_symbols": .array(report.bareModules.map(bareModule)),
      "summary": summary(report),
    ])
  }

  private func summary(_ report: Report) -> JSONValue {
    .object([
      "headline": .init(Narrative(report).headline),
      "leak_sites": .init(report.sites(.leak).count),
      "leaked_fds": .init(report.liveCount(.leak)),
      "suspect_sites": .init(report.sites(.suspect).count),
      "held_sites": .init(report.sites(.held).count),
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

  /// Escapes what a terminal or a reader's eye could be deceived by; JSON escapes only the
  /// controls below U+0020 itself. Outside of strings there is nothing of the sort.
  private static func withVisibleControls(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      guard isHidden(scalar) else {
        out.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let hex = String(unit, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      }
    }
    return out
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x7f && VisibleText.isUnsafe(scalar)
  }
}
