import Foundation
import Testing

@testable import Reporting

@Suite("JSON reports")
struct JSONRendererTests {
  private func object(_ report: Report) throws -> [String: Any] {
    let text = JSONRenderer().render(report)
    return try JSONSerialization.jsonObject(with: Data(text.utf8)) as! [String: Any]
  }

  private func keys(_ value: Any?) -> Set<String> { Set((value as! [String: Any]).keys) }
  private func first(_ value: Any?) -> [String: Any] { (value as! [[String: Any]])[0] }

  @Test("Every key of the schema is there, null included")
  func schema() throws {
    let report = try object(Sample.report)
    #expect(report["schema"] as? String == "fdtrack-report/1")
    #expect(keys(report).isSuperset(of: ["schema", "trace", "processes", "sites", "misuse"]))
    let trace = report["trace"] as! [String: Any]
    #expect(
      keys(trace).isSuperset(of: [
        "path", "started", "duration_ns", "processes", "events_kept", "events_total", "losses",
        "coverage",
      ]))
    #expect(keys(trace["losses"]).isEmpty)
    #expect(keys(trace["coverage"]) == ["unseen", "vanished"])
    let process = (report["processes"] as! [[String: Any]])[2]
    #expect(
      keys(process).isSuperset(of: [
        "id", "pid", "parent", "how", "exe", "argv", "fd_limit", "end", "open_at_end",
        "inherited",
      ]))
    #expect(process["fd_limit"] is NSNull)
    #expect(keys(process["end"]) == ["kind", "code"])
    #expect(
      keys(first(process["inherited"])).isSuperset(of: [
        "fd", "kind", "name", "via", "opened_by", "site",
      ]))
    let sites = report["sites"] as! [[String: Any]]
    for site in sites {
      #expect(
        keys(site).isSuperset(of: [
          "id", "fingerprint", "verdict", "reasons", "api", "kind", "opened", "closed", "live",
          "peak", "by_process", "stack", "fds", "cause",
        ]))
    }
    #expect(keys(sites[0]["cause"]).isSuperset(of: ["api", "error", "stack"]))
    #expect(sites[1]["cause"] is NSNull)
    #expect(keys(first(sites[0]["by_process"])) == ["process", "opened", "closed", "live"])
    #expect(
      keys(first(sites[0]["stack"])).isSuperset(of: [
        "function", "file", "line", "module", "build_id", "offset", "inlined",
      ]))
    #expect(
      keys(first(sites[0]["fds"])).isSuperset(of: [
        "process", "fd", "kind", "name", "local", "remote", "state", "opened_ns", "thread",
      ]))
    #expect(
      keys(first(report["misuse"])).isSuperset(of: [
        "kind", "process", "fd", "count", "stack", "opened_at", "closed_at",
      ]))
  }

  @Test("Values are those of the report")
  func values() throws {
    let report = try object(Sample.report)
    let site = first(report["sites"])
    #expect(site["verdict"] as? String == "leak")
    #expect(site["live"] as? Int == 40)
    #expect((site["fds"] as! [Any]).count == 40)
    let frame = first(site["stack"])
    #expect(frame["function"] as? String == "new_socket")
    #expect(frame["inlined"] as? Bool == true)
    #expect(frame["line"] as? Int == 38)
    #expect(frame["offset"] as? Int == 0x1390)
    let reason = first(site["reasons"])
    #expect(reason["code"] as? String == "abandoned_after_failure")
    #expect(reason["error_name"] as? String == "ECONNREFUSED")
    #expect(first(reason["stack"])["function"] as? String == "dial")
    #expect((report["trace"] as! [String: Any])["started"] as? String == "2026-03-01T12:30:05.250Z")
  }

  @Test("Losses are counted by name")
  func losses() throws {
    var lossy = Sample.report
    lossy.trace.losses = [Report.Loss(name: "stacks", text: "events without a stack", count: 7)]
    let trace = try object(lossy)["trace"] as! [String: Any]
    #expect((trace["losses"] as! [String: Int]) == ["stacks": 7])
  }

  @Test("Hostile text survives exactly, and no control is printed")
  func hostile() throws {
    let text = JSONRenderer().render(Hostile.report)
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
    let report = try object(Hostile.report)
    #expect((report["trace"] as! [String: Any])["host"] as? String == Hostile.text)
    #expect(first(report["sites"])["rate_per_hour"] is NSNull)
    #expect(first(report["sites"])["opened"] as? UInt64 == .max)
  }

  @Test("The keys of each object are sorted")
  func order() {
    for report in [Sample.report, Hostile.report] {
      var keys: [[Substring]] = []
      for line in JSONRenderer().render(report).split(separator: "\n") {
        let text = line.drop { $0 == " " }
        if text.hasPrefix("}") || text.hasPrefix("]") { keys.removeLast() }
        if text.hasPrefix("\""), let end = text.dropFirst().range(of: "\" : ")?.lowerBound {
          keys[keys.count - 1].append(text[..<end])
          #expect(keys[keys.count - 1].suffix(2).sorted() == keys[keys.count - 1].suffix(2))
        }
        if text.hasSuffix("{") || text.hasSuffix("[") { keys.append([]) }
      }
      #expect(keys.isEmpty)
    }
  }
}
