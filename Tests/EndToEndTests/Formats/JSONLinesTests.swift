import Foundation
import Testing

/// What https://jsonlines.org promises, by programs that load such files.
@Suite("JSON Lines in a database")
struct JSONLinesTests {
  /// Runs `body` with a file that has the rows of two traces.
  private func withRows(_ body: (_ rows: String, _ reports: [Report]) throws -> Void) throws {
    try withScratch { folder in
      var text = ""
      var reports: [Report] = []
      for counts in [["6", "7", "0"], ["8", "0", "9"]] {
        var recorded = RecordedTrace("counted_leaks")
        recorded.arguments = counts
        let trace = try recorded.record(in: folder)
        let file = try writeReport(on: trace, as: "jsonl", to: folder + "/rows", ["--all"])
        text += try String(contentsOfFile: file, encoding: .utf8)
        reports.append(try report(on: trace, ["--all"]))
      }
      try write(text, to: folder + "/all.jsonl")
      try body(folder + "/all.jsonl", reports)
    }
  }

  /// The lines that sqlite3 prints, columns apart by bars.
  private func sqlite(_ rows: String, _ query: String) throws -> [String] {
    let outcome = try run(
      [
        "/usr/bin/sqlite3", ":memory:", "CREATE TABLE lines(row TEXT)", ".mode tabs",
        ".import \(rows) lines", ".mode list", query,
      ])
    try #require(outcome.status == .exit(0) && outcome.errors.isEmpty, "\(outcome.errors)")
    return outcome.output.split(separator: "\n").map(String.init)
  }

  @Test("sqlite3 loads the rows of two traces, and sums what the reports say")
  func sqlite() throws {
    try withRows { rows, reports in
      let sums = try sqlite(
        rows,
        """
        SELECT row->>'trace_id', sum(row->>'live'), sum(row->>'closed'), count(*) FROM lines
        GROUP BY 1 ORDER BY min(rowid)
        """)
      let wanted = reports.map { report in
        let live = report.sites.reduce(0) { $0 + $1.live }
        let closed = report.sites.reduce(0) { $0 + $1.closed }
        return "\(report.trace.id)|\(live)|\(closed)|\(report.sites.count)"
      }
      #expect(sums == wanted && wanted[0] != wanted[1])

      // What leaks in the one and not in the other, as a join by fingerprint tells it.
      let grown = try sqlite(
        rows,
        """
        SELECT row->>'fingerprint', min(row->>'live'), max(row->>'live') FROM lines
        WHERE row->>'verdict' = 'leak' GROUP BY 1 HAVING count(*) = 2
        """)
      let common = Set(reports[0].sites.map(\.fingerprint)).intersection(
        reports[1].sites.filter { $0.verdict == "leak" }.map(\.fingerprint))
      #expect(grown == common.map { "\($0)|6|8" } && grown.count == 1)
    }
  }

  @Test("Every row has the same columns, of scalars, with what names its trace")
  func columns() throws {
    try withRows { rows, reports in
      let check = """
        (map(keys) | unique | length) == 1
          and all(.[][]; type != "object" and type != "array")
          and all(.[]; .trace_id and .trace_started and .exe and .host and .pid > 0)
          and (map(.trace_id) | unique | length) == 2
        """
      let outcome = try run(["/usr/bin/jq", "--slurp", check, rows])
      #expect(outcome.output == "true\n", "\(outcome.errors)")
    }
  }
}
