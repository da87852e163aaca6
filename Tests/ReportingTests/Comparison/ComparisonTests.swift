import Foundation
import LeakAnalysis
import Testing

@testable import Reporting

@Suite("Comparing with an earlier run")
struct ComparisonTests {
  private static func site(
    _ id: Int, _ fingerprint: String, live: Int, _ verdict: Verdict = .leak
  ) -> Report.Site {
    var site = Sample.leak
    (site.id, site.fingerprint, site.live, site.verdict) = (id, fingerprint, live, verdict)
    return site
  }

  private func compared(
    _ now: [Report.Site], with before: [Report.Site], shown: [Report.Site]? = nil
  ) -> Report {
    var report = Sample.report(of: shown ?? now)
    report.compare(with: Baseline(Sample.report(of: before)), all: now)
    return report
  }

  @Test("Sites are new, grown, shrunk, gone or unchanged by what is open")
  func changes() throws {
    let report = compared(
      [
        Self.site(1, "a", live: 3), Self.site(2, "b", live: 3), Self.site(3, "c", live: 3),
        Self.site(4, "d", live: 3),
      ],
      with: [
        Self.site(8, "b", live: 2), Self.site(9, "c", live: 4), Self.site(10, "d", live: 3),
        Self.site(11, "e", live: 5),
      ])
    let rows = try #require(report.comparison).rows
    #expect(rows.map(\.change) == [.new, .grown, .shrunk, .gone, .unchanged])
    #expect(rows.map(\.fingerprint) == ["a", "b", "c", "e", "d"])
    #expect(rows.map(\.live) == [3, 3, 3, 0, 3])
    #expect(rows.map(\.liveBefore) == [0, 2, 4, 5, 3])
    #expect(report.sites.map(\.change) == [.new, .grown, .shrunk, .unchanged])
    #expect(report.comparison?.newLeaks == 2)
  }

  @Test("A worse verdict is growth, a better one is none")
  func verdicts() throws {
    let now = [Self.site(1, "a", live: 3, .leak), Self.site(2, "b", live: 3, .held)]
    let before = [Self.site(1, "a", live: 3, .suspect), Self.site(2, "b", live: 3, .leak)]
    let rows = try #require(compared(now, with: before).comparison).rows
    #expect(rows.map(\.change) == [.grown, .unchanged])
    #expect(rows.map(\.verdictBefore) == [.suspect, .leak])
  }

  @Test("Sites of one fingerprint are counted together")
  func shared() throws {
    let now = [Self.site(1, "a", live: 3), Self.site(2, "a", live: 2, .held)]
    let before = [Self.site(1, "a", live: 5)]
    let rows = try #require(compared(now, with: before).comparison).rows
    #expect(rows.map(\.change) == [.unchanged])
    #expect(rows[0].sites == [1, 2] && rows[0].verdict == .leak)
  }

  @Test("Suppressed leaks are compared by their own verdict, and are never new leaks")
  func suppressed() throws {
    var site = Self.site(1, "a", live: 3, .suppressed)
    site.suppressed = .init(name: "x", file: "f", line: 1, verdict: .leak)
    #expect(compared([site], with: []).comparison?.newLeaks == 0)
    #expect(compared([site], with: []).comparison?.rows.map(\.change) == [.new])
    let bare = Self.site(1, "a", live: 3)
    #expect(compared([bare], with: [site]).comparison?.rows.map(\.change) == [.unchanged])
  }

  @Test("Held ones may be new without being new leaks; what is all closed is not compared")
  func held() {
    let now = [Self.site(1, "a", live: 1, .held), Self.site(2, "b", live: 0, .clean)]
    let report = compared(now, with: [Self.site(3, "c", live: 0, .clean)])
    #expect(report.comparison?.rows.map(\.fingerprint) == ["a"])
    #expect(report.comparison?.newLeaks == 0)
    #expect(report.sites.map(\.change) == [.new, nil])
  }

  @Test("What the filter hides is not compared, and not gone")
  func filtered() {
    let now = [Self.site(1, "a", live: 3), Self.site(2, "b", live: 1)]
    let report = compared(now, with: now, shown: [now[0]])
    #expect(report.comparison?.rows.map(\.fingerprint) == ["a"])
  }

  /// The leak is known, the suspect is new, the log has grown, and a pipe is gone.
  private var sample: Report {
    var before = Sample.report
    before.sites.removeAll { $0.id == 5 }
    before.sites[1].live = 0
    var pipe = Sample.leak
    (pipe.fingerprint, pipe.kind, pipe.api, pipe.live) = ("0123456789abcdef", "pipe", "pipe", 2)
    before.sites.append(pipe)
    before.bareModules = []
    var report = Sample.report
    report.compare(with: Baseline(before), all: report.sites)
    report.comparison?.baseline = "old.json"
    return report
  }

  private func text(_ report: Report) -> String {
    TextRenderer(style: TextStyle(usesUnicode: false)).render(report)
  }

  @Test("Text says first what changed, and tells known findings in a line")
  func textReport() {
    let rendered = text(sample)
    #expect(
      rendered.hasPrefix(
        """
        1 call site leaks 40 fds; 1 more is suspect (3 fds). No leak is new or has
        grown. 1 wrong use of fds.
        ./server --port 8080 (pid 790)
        4 processes, 12 s, from 2026-03-01T12:30:05.250Z, on build7
        fds  ........:::::::::::::-----------=============+++++++++++*************######
             pid 790 (server), with 0-2: 46 open at the end; at most 46, after 12 s; the
             limit is 1024.

        Compared with old.json: 2 new, 1 gone, 1 unchanged.
          new     3           suspect   files from fopen() in cache::Store::load at
                    cache.cc:203
          new     1           held      file from open() in open_log at log.c:7
          gone    2 -> 0      leak      pipe ends from pipe() in new_socket at
                    client.c:38

        SUSPECT  3 files from fopen() in cache::Store::load at cache.cc:203
        """), "\(rendered.prefix(900))")
    #expect(
      rendered.contains(
        """

        Known from the baseline
          leak: 40 tcp sockets from socket() in new_socket at client.c:38
            [\(Sample.leak.fingerprint)]

        Kept by started programs
        """))
    #expect(!rendered.contains("LEAK  "))
    var all = sample
    all.includesAll = true
    #expect(text(all).contains("LEAK  40 tcp sockets"))
    #expect(text(all).contains("unchanged 40 -> 40    leak"))
  }

  @Test("Markdown says first what changed, and tells known findings in a line")
  func markdown() {
    let rendered = MarkdownRenderer().render(sample)
    #expect(
      rendered.contains(
        """

        Compared with old.json: 2 new, 1 gone, 1 unchanged.

        | change | before | now | verdict | what | fingerprint |
        |---|--:|--:|---|---|---|
        | **new** | 0 | 3 | suspect | files from fopen() in cache::Store::load at cache.cc:203 | `\(Sample.suspect.fingerprint)` |
        | **new** | 0 | 1 | held | file from open() in open\\_log at log.c:7 | `\(Sample.held.fingerprint)` |
        | gone | 2 | 0 | leak | pipe ends from pipe() in new\\_socket at client.c:38 | `0123456789abcdef` |

        ## SUSPECT: 3 files
        """), "\(rendered.prefix(1500))")
    #expect(rendered.contains("## Known from the baseline\n\n- leak: 40 tcp sockets"))
    #expect(!rendered.contains("## LEAK"))
  }

  @Test("JSON has every row, and each site's change")
  func json() throws {
    let text = JSONRenderer().render(sample)
    let report = try JSONSerialization.jsonObject(with: Data(text.utf8)) as! [String: Any]
    let comparison = report["comparison"] as! [String: Any]
    #expect(comparison["baseline"] as? String == "old.json")
    for (change, count) in ["new": 2, "grown": 0, "shrunk": 0, "gone": 1, "unchanged": 1] {
      #expect(comparison[change] as? Int == count)
    }
    #expect(comparison["new_leaks"] as? Int == 0)
    #expect(comparison["baseline_omitted_sites"] as? Int == 0)
    #expect(comparison["baseline_modules_without_symbols"] as? Int == 0)
    let rows = comparison["sites"] as! [[String: Any]]
    #expect(
      Set(rows[2].keys) == [
        "change", "fingerprint", "verdict", "verdict_before", "live", "live_before", "title",
        "sites",
      ])
    #expect(rows[2]["verdict"] is NSNull && rows[2]["verdict_before"] as? String == "leak")
    #expect(rows[0]["sites"] as? [Int] == [5] && rows[0]["verdict_before"] is NSNull)
    let sites = report["sites"] as! [[String: Any]]
    #expect(sites.map { $0["change"] as? String } == ["unchanged", "new", "new"])
  }

  @Test("Without a baseline nothing is said of one")
  func none() throws {
    #expect(JSONRenderer().render(Sample.report).contains(#""comparison" : null"#))
    #expect(!text(Sample.report).contains("Compared"))
    #expect(!MarkdownRenderer().render(Sample.report).contains("Compared"))
  }

  @Test("A baseline's own doubts are passed on")
  func doubts() {
    var report = sample
    report.comparison?.baselineOmitted = 2
    report.comparison?.baselineBareModules = 1
    let line = Narrative(report).comparisonTitle(report.comparison!)
    #expect(
      line.hasSuffix(
        "A filter had left out 2 call sites there. 1 module had no symbols there, so that known"
          + " sites may look new."))
  }

  @Test("Names from a baseline cannot control a terminal or become markup")
  func hostile() throws {
    var report = Sample.report(of: [])
    let text = JSONRenderer().render(Hostile.report)
    report.compare(with: try BaselineTests.read(text.utf8, path: Hostile.text), all: [])
    #expect(report.comparison?.rows.count == 1)
    for unicode in [false, true] {
      let rendered = TextRenderer(style: TextStyle(width: 40, usesUnicode: unicode)).render(report)
      #expect(rendered.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
      for line in rendered.split(separator: "\n") {
        #expect(VisibleText.width(String(line)) <= 40, "\(line)")
      }
    }
    #expect(!MarkdownRenderer().render(report).contains("<img"))
  }
}
