import LeakAnalysis

/// Renders a report as JUnit XML, which test panes of continuous integration show: a test case
/// for each site, for each wrong use, for what started programs keep, and one for the trace.
/// `docs/formats.md` tells which fails.
///
/// A case fails for what `--fail-on-leak` fails for, and for nothing else.
public struct JUnitRenderer: Sendable {
  public init() {}

  /// Hands the document on in blocks; ends early when `output` returns false.
  public func render(
    _ report: Report, to output: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    let narrative = Narrative(report)
    let kept = narrative.inheritance.filter { !$0.advice.isEmpty }
    let totals = Totals(report, kept: kept.count)
    var xml = XMLWriter(to: output)
    let time = Self.seconds(report.trace.durationNs ?? 0)
    xml.element(
      "testsuites",
      [
        "name": "fdtrack", "tests": "\(totals.tests)", "failures": "\(totals.failures)",
        "errors": "0", "time": time,
      ]
    ) { xml in
      xml.element(
        "testsuite",
        [
          "name": "fdtrack " + (report.processes.first?.name.program ?? "trace"),
          "tests": "\(totals.tests)", "failures": "\(totals.failures)", "errors": "0",
          "skipped": "\(totals.skipped)", "time": time,
          // Without a zone, as Ant has it; it is UTC.
          "timestamp": report.trace.startedRealtimeNs.map { String(Timestamp.text($0).prefix(19)) },
          "hostname": report.trace.host,
        ]
      ) { xml in
        properties(report, &xml)
        var cases = Cases(narrative)
        for site in report.sites where !xml.isStopped { cases.site(site, &xml) }
        for misuse in report.misuse where !xml.isStopped { cases.misuse(misuse, &xml) }
        for row in kept where !xml.isStopped { cases.kept(row, &xml) }
        cases.coverage(&xml)
        xml.element("system-out", text: [narrative.headline] + narrative.context)
      }
    }
    xml.end()
  }

  /// How many cases there are, and what becomes of them.
  struct Totals: Equatable {
    var tests = 0
    var failures = 0
    var skipped = 0

    init(_ report: Report, kept: Int) {
      for site in report.sites {
        switch Fate(site) {
        case .failed: failures += 1
        case .skipped: skipped += 1
        case .passed: break
        }
      }
      skipped += report.misuse.count + kept + (report.isLossy ? 1 : 0)
      // The last one is that of the trace.
      tests = report.sites.count + report.misuse.count + kept + 1
    }
  }

  /// What becomes of the case of a site.
  enum Fate {
    case failed, skipped, passed

    init(_ site: Report.Site) {
      switch site.verdict {
      case .leak: self = .failed
      case .suspect, .suppressed: self = .skipped
      case .held, .clean: self = .passed
      }
    }
  }

  private func properties(_ report: Report, _ xml: inout XMLWriter) {
    xml.element("properties") { xml in
      let values: KeyValuePairs<String, String?> = [
        "trace.id": report.trace.id, "trace.path": report.trace.path,
        "command": report.processes.first.map { $0.argv.joined(separator: " ") },
        "kernel": report.trace.kernel, "libc": report.trace.libc,
        "lossy": report.isLossy ? "true" : "false",
      ]
      for case (let name, let value?) in values {
        xml.element("property", ["name": name, "value": value])
      }
    }
  }

  /// `12.400`.
  static func seconds(_ ns: UInt64) -> String {
    let milliseconds = String(ns / 1_000_000 % 1_000 + 1_000).dropFirst()
    return "\(ns / 1_000_000_000).\(milliseconds)"
  }
}
