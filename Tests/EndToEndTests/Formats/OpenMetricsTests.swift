import Foundation
import Testing

@Suite("The OpenMetrics text, read by its consumers") struct OpenMetricsTests {
  /// What Prometheus' own OpenMetrics parser makes of a text.
  private struct Sample: Decodable {
    let name: String
    let labels: [String: String]
    let value: Double
  }

  /// Debian's python3-prometheus-client; an invalid text ends it with an exception.
  private static let parser = """
    import json, sys
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
    print(json.dumps([{"name": s.name, "labels": s.labels, "value": s.value}
                      for family in parse(sys.stdin.read()) for s in family.samples]))
    """

  private func samples(_ text: String) throws -> [Sample] {
    let parsed = try Launched(["/usr/bin/python3", "-c", Self.parser]).converse(text)
    try #require(parsed.status == .exit(0), "\(parsed.errors)")
    return try JSONDecoder().decode([Sample].self, from: Data(parsed.output.utf8))
  }

  /// Checks the text of a trace with promtool, which reads it as node_exporter does, and parses it.
  private func metrics(of trace: String) throws -> [Sample] {
    let outcome = try run([Project.reporter, "--format", "openmetrics", trace])
    #expect(outcome.status == .exit(0) && outcome.errors.isEmpty, "\(outcome.errors)")
    let check = try Launched(["/usr/bin/promtool", "check", "metrics"]).converse(outcome.output)
    #expect(check.status == .exit(0), "\(check.output) \(check.errors)")
    return try samples(outcome.output)
  }

  /// Every number that both have is the same in the JSON report.
  private func compare(_ samples: [Sample], with report: Report) throws {
    func value(_ name: String, _ labels: [String: String]) -> Double? {
      let hits = samples.filter { sample in
        sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
      }
      return hits.count == 1 ? hits.first?.value : nil
    }
    for site in report.sites {
      let labels = [
        "fingerprint": site.fingerprint, "verdict": site.verdict, "api": site.api,
        "kind": site.kind,
      ]
      #expect(value("fdtrack_site_live_fds", labels) == Double(site.live))
      #expect(value("fdtrack_site_opened_fds", labels) == Double(site.opened))
      #expect(value("fdtrack_site_closed_fds", labels) == Double(site.closed))
    }
    #expect(samples.count { $0.name == "fdtrack_site_live_fds" } == report.sites.count)
    for process in report.processes {
      let labels = ["process": String(process.id), "pid": String(process.pid)]
      #expect(value("fdtrack_process_open_fds", labels) == Double(process.openAtEnd))
      #expect(value("fdtrack_process_limit_fds", labels) == process.fdLimit.map { Double($0) })
      #expect(value("fdtrack_process_inherited_fds", labels) == Double(process.inherited.count))
    }
    for verdict in ["leak", "suspect", "held"] {
      let sites = report.sites(of: verdict)
      #expect(value("fdtrack_sites", ["verdict": verdict]) == Double(sites.count))
      #expect(
        value("fdtrack_open_fds", ["verdict": verdict])
          == Double(sites.reduce(0) { $0 + $1.live }))
    }
    let losses = samples.filter { $0.name == "fdtrack_trace_losses" }
    #expect(losses.count == report.trace.losses.count)
  }

  @Test("Of a program with leaks of several kinds, they agree with the JSON report")
  func everything() throws {
    try withScratch { folder in
      let report = try track("everything", [folder], in: folder).report
      let samples = try metrics(of: folder + "/trace.bin")
      try compare(samples, with: report)
      let files = try report.site(at: "LEAK: thread file", in: "everything.c")
      let line = try #require(files.stack.first?.line)
      let sample = samples.first {
        $0.name == "fdtrack_site_live_fds" && $0.labels["function"] == "write_report"
      }
      #expect(sample?.labels["site"] == "everything.c:\(line)")
      #expect(sample?.labels["trace"] == folder + "/trace.bin")
    }
  }

  @Test("Of a retry loop, they agree with the JSON report")
  func retryLoop() throws {
    try withScratch { folder in
      let owner = try Launched([try Project.fixture("retry_bind"), "0", "1"])
      let port = try owner.readLine(after: "listening ")
      let report = try track("retry_bind", [port, "40"], in: folder).report
      try compare(metrics(of: folder + "/trace.bin"), with: report)
    }
  }

  @Test("A program whose name holds quotes, backslashes and a newline is one valid label")
  func names() throws {
    try withScratch { folder in
      let program = folder + "/a\"b\\c\nd{}=#"
      try copyProgram(try Project.fixture("counted_leaks"), to: program)
      let trace = folder + "/trace.bin"
      let outcome = try run([program, "1", "0", "0"], environment: shimEnvironment(trace: trace))
      #expect(outcome.status == .exit(0), "\(outcome.errors)")
      let samples = try metrics(of: trace)
      let running = samples.filter { $0.name == "fdtrack_process_running" }
      #expect(running.map { $0.labels["program"] } == [#"a"b\c\nd{}=#"#])
    }
  }
}
