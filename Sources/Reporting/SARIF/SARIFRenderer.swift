import LeakAnalysis

/// Renders a report as SARIF 2.1.0, which code scanning, editors and result stores read
/// (https://docs.oasis-open.org/sarif/sarif/v2.1.0). `docs/formats.md` tells what becomes of what.
public struct SARIFRenderer: Sendable {
  /// The program's version.
  let version: String

  /// Results that GitHub takes of a run; one more, and it refuses the file:
  /// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
  public static let gitHubLimit = 25_000
  /// Results that are written.
  var resultLimit = Self.gitHubLimit
  /// Steps of one result that it shows, of the 10 000 that it takes.
  static let stepLimit = 1_000

  public init(version: String) { self.version = version }

  /// Hands the log on in blocks; ends early when `output` returns false.
  public func render(
    _ report: Report, to output: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    var json = JSONWriter(to: output)
    let narrative = Narrative(report)
    let findings = SARIFFindings(narrative, limit: resultLimit)
    json.object {
      $0.member(
        "$schema",
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
      )
      $0.member("runs", CollectionOfOne(())) { json, _ in
        json.object { run(findings, narrative, &$0) }
      }
      $0.member("version", "2.1.0")
    }
    json.end()
  }

  private func run(_ findings: SARIFFindings, _ narrative: Narrative, _ json: inout JSONWriter) {
    let report = narrative.report
    let places = SARIFPlaces(report)
    json.member("automationDetails") {
      let program = report.processes.first?.name.program ?? "unknown"
      $0.member("id", "fdtrack/\(VisibleText.escaped(program))/\(report.trace.id)")
    }
    json.member("columnKind", "unicodeCodePoints")
    let notes = notifications(narrative, cut: findings.cut)
    json.member("invocations", CollectionOfOne(())) { json, _ in
      json.object { invocation(report, notes, places, &$0) }
    }
    if let root = places.rootURI {
      json.member("originalUriBaseIds") {
        $0.member(SARIFPlaces.rootName) { $0.member("uri", root) }
      }
    }
    json.member("properties") {
      $0.member("headline", narrative.headline)
      $0.member("leakSites", report.siteCount(.leak))
      $0.member("leakedDescriptors", report.liveCount(.leak))
      $0.member("lossy", report.isLossy)
      $0.member("resultsLeftOut", findings.cut)
      $0.member("suspectSites", report.siteCount(.suspect))
      $0.member("traceId", report.trace.id)
      $0.member("tracePath", report.trace.path)
    }
    var seen: [String: Int] = [:]
    json.member("results", findings.listed) { json, finding in
      let result = findings.result(finding)
      var occurrence = 0
      if let fingerprint = result.fingerprint {
        occurrence = seen["\(result.rule) \(fingerprint)", default: 0] + 1
        seen["\(result.rule) \(fingerprint)"] = occurrence
      }
      self.result(
        &json, result, occurrence, places, withSuppressions: !report.suppressions.isEmpty)
    }
    json.member("taxonomies", CollectionOfOne(())) { json, _ in json.object { taxonomy(&$0) } }
    json.member("tool") { $0.member("driver") { driver(notes, &$0) } }
  }
}
