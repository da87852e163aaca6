import Foundation
import Testing

@testable import Reporting

@Suite("JSON Lines reports")
struct JSONLinesRendererTests {
  private func lines(_ report: Report) -> [String] {
    let text = rendered { JSONLinesRenderer().render(report, to: $0) }
    #expect(text.isEmpty || text.last == "\n")
    return text.split(separator: "\n").map(String.init)
  }

  private func rows(_ report: Report) throws -> [[String: Any]] {
    try lines(report).map { line in
      let row = try JSONSerialization.jsonObject(with: Data(line.utf8))
      return try #require(row as? [String: Any])
    }
  }

  @Test("A row for each site, in their order, with the counts of the report")
  func sites() throws {
    let rows = try rows(Sample.report)
    #expect(rows.map { $0["verdict"] as? String } == ["leak", "suspect", "held"])
    #expect(rows.map { $0["live"] as? Int } == Sample.report.sites.map(\.live))
    let leak = rows[0]
    #expect(leak["fingerprint"] as? String == "cac6d88a5414de0d")
    #expect(leak["place"] as? String == "client.c:38" && leak["line"] as? Int == 38)
    #expect(leak["cause_error_name"] as? String == "ECONNREFUSED")
    #expect(leak["cause_place"] as? String == "client.c:58")
    #expect(leak["reasons"] as? String == "abandoned_after_failure,growth")
    #expect(
      (leak["stack"] as? String)?.hasPrefix("new_socket client.c:38\ndial client.c:55\n") == true)
    #expect(leak["trace_started"] as? String == "2026-03-01T12:30:05.250Z")
    #expect(leak["exe"] as? String == "/srv/app/server" && leak["pid"] as? Int == 790)
    #expect(leak["suppressed_by"] is NSNull && leak["change"] is NSNull)
    #expect(rows[1]["cause_api"] is NSNull)
  }

  @Test("Every row has the same columns, sorted, and nothing but scalars")
  func flat() throws {
    var columns: Set<String>?
    for row in try rows(Sample.withEverything) + rows(Hostile.report) {
      #expect(Set(row.keys) == columns ?? Set(row.keys))
      columns = Set(row.keys)
      for (name, value) in row {
        #expect(value is NSNull || value is NSNumber || value is String, "\(name)")
      }
    }
    #expect((columns?.count ?? 0) > 40)
    for line in lines(Sample.report) {
      let keys = line.matches(of: /[{,]"([a-z_]+)":/).map { String($0.1) }
      #expect(keys == keys.sorted())
    }
  }

  @Test("Text from a trace starts no row and no column, and survives")
  func hostile() throws {
    let text = lines(Hostile.report)
    #expect(text.count == 1)
    #expect(text[0].unicodeScalars.allSatisfy { !VisibleText.isUnsafe($0) })
    #expect(try rows(Hostile.report)[0]["host"] as? String == Hostile.text)
  }

  @Test("Nothing open is no row")
  func none() {
    #expect(lines(Sample.report(of: [])).isEmpty)
  }

  @Test("Nobody who wants more means no more rows")
  func stops() {
    var report = Sample.report
    report.sites = Array(repeating: Sample.leak, count: 5_000)
    var blocks = 0
    JSONLinesRenderer().render(report) { _ in
      blocks += 1
      return false
    }
    #expect(blocks == 1)
  }
}
