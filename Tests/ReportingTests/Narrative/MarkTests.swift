import Foundation
import LeakAnalysis
import Testing

@testable import Reporting

@Suite("What is told of marks")
struct MarkTests {
  private func marks(live: Int, _ shares: [(String?, Int)], omitted: Int = 0) -> [String] {
    var site = Sample.leak
    site.live = live
    site.marks = shares.map { Report.MarkShare(mark: $0.0, count: $0.1) }
    site.omittedMarks = omitted
    return Narrative(Sample.report).marks(of: site)
  }

  @Test("A site says in which marks its open descriptors were opened")
  func site() {
    #expect(
      marks(live: 12, [("connect refused", 7), ("accept", 3), (nil, 2)])
        == ["Of 12 open, 7 were opened in \"connect refused\", 3 in \"accept\", 2 in no mark."])
    #expect(marks(live: 7, [("a", 7)]) == ["All 7 were opened in \"a\"."])
    #expect(marks(live: 1, [("a", 1)]) == ["It was opened in \"a\"."])
    #expect(
      marks(live: 9, [("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1)], omitted: 4)
        == [
          "Of 9 open, 1 was opened in \"a\", 1 in \"b\", 1 in \"c\", 1 in \"d\","
            + " the others in 5 more."
        ])
  }

  @Test("Nothing is told of marks where there are none")
  func none() {
    #expect(marks(live: 3, []).isEmpty)
    #expect(marks(live: 3, [(nil, 3)]).isEmpty)
  }

  /// The sample, whose leak and suspect were opened in marks.
  private var report: Report {
    var report = Sample.report
    report.sites[0].marks = [.init(mark: "dials", count: 38), .init(mark: nil, count: 2)]
    report.sites[1].marks = [.init(mark: "dials", count: 3)]
    var dials = Report.Mark(name: "dials")
    (dials.runs, dials.open, dials.leaked, dials.suspected) = (2, 41, 38, 3)
    dials.sites = [
      .init(site: report.sites[0].id, count: 38), .init(site: report.sites[1].id, count: 3),
    ]
    var none = Report.Mark(name: nil)
    (none.open, none.leaked) = (2, 2)
    none.sites = [.init(site: report.sites[0].id, count: 2)]
    var clean = Report.Mark(name: "clean")
    clean.runs = 1
    report.marks = [dials, none, clean]
    return report
  }

  @Test("Each mark that left findings has a line, and the others are counted")
  func summary() {
    #expect(
      Array(Narrative(report).markSummary) == [
        "\"dials\" (2 runs): 38 fds leaked, 3 fds suspect: "
          + "38 tcp sockets from socket() in new_socket at client.c:38, "
          + "3 files from fopen() in cache::Store::load at cache.cc:203.",
        "In no mark: leaked 2 tcp sockets from socket() in new_socket at client.c:38.",
        "1 other mark has neither leaks nor suspects.",
      ])
  }

  @Test("Text and Markdown have the summary, and escape the names in it")
  func renderings() {
    var report = report
    report.marks[0].name = "a\u{1b}[31m <b>*x*"
    let text = TextRenderer().render(report)
    #expect(text.contains("By mark\n") && !text.contains("\u{1b}"))
    let markdown = MarkdownRenderer().render(report)
    #expect(markdown.contains("## By mark\n") && !markdown.contains("<b>"))
  }

  @Test("The page has the summary, and a site's marks")
  func page() {
    let page = HTMLRenderer().render(report)
    #expect(page.contains("By mark") && page.contains("1 other mark has neither"))
    #expect(page.contains("Of 40 open, 38 were opened in"))
  }

  @Test("JSON lists every mark, and what each site owes it")
  func json() throws {
    let text = JSONRenderer().render(report)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as! [String: Any]
    let marks = object["marks"] as! [[String: Any]]
    #expect(marks.map { $0["name"] as? String } == ["dials", nil, "clean"])
    #expect(marks.map { $0["leaked"] as? Int } == [38, 2, 0])
    #expect(marks.map { $0["suspect"] as? Int } == [3, 0, 0])
    let sites = object["sites"] as! [[String: Any]]
    let shares = sites[0]["marks"] as! [[String: Any]]
    #expect(shares.map { $0["count"] as? Int } == [38, 2])
    #expect(shares[1]["mark"] is NSNull)
  }
}
