import Foundation
import LeakAnalysis
import Testing

@testable import Reporting

@Suite("Markdown as GitHub renders it")
struct MarkdownPageTests {
  /// What a report is made of; nothing else may come out of a name.
  private static let known: Set = [
    "h1", "h2", "p", "br", "strong", "code", "pre", "ul", "li", "table", "thead", "tbody", "tr",
    "th", "td", "details", "summary", "blockquote",
  ]

  private func expectSafe(_ page: RenderedPage) {
    let tags = Set(page.tags.map { $0.replacingOccurrences(of: "/", with: "") })
    #expect(tags.subtracting(Self.known).isEmpty)
    #expect(
      page.attributes.isSubset(of: [
        #"align="right""#, #"class="language-text""#, #"class="language-sh""#,
      ]))
    #expect(page.isBalanced)
  }

  @Test("Findings are a table, details are folded, and every part has its heading")
  func sample() throws {
    let page = try CommonMark.html(MarkdownRenderer().render(Sample.report))
    expectSafe(page)
    #expect(page.tags.count { $0 == "details" } == 3)
    let tables = page.tables
    #expect(tables[0][0] == ["verdict", "open", "what", "rate", "fingerprint"])
    let findings = Sample.report.sites.filter { $0.verdict <= .suspect }
    #expect(tables[0].dropFirst().map { $0[0] } == findings.map(\.verdict.rawValue))
    #expect(tables[0].dropFirst().map { $0[1] } == findings.map { "\($0.live)" })
    #expect(tables[0].dropFirst().map { $0[4] } == findings.map(\.fingerprint))
    #expect(tables[0][1][2] == "tcp sockets from socket() in new_socket at client.c:38")
    #expect(tables[0][1][3] == "3 a second, limit in 5 min 5 s")
    let environment = try #require(tables.last)
    let rows = Dictionary(uniqueKeysWithValues: environment.dropFirst().map { ($0[0], $0[1]) })
    #expect(rows["Program"] == "/srv/app/server" && rows["Build-id"] == "c0ffee")
    #expect(rows["Limit of fds"] == "1024, hard 4096" && rows["Kernel"] == "6.18.0")
    #expect(rows["C library"] == "glibc 2.36" && rows["Host"] == "build7")
    #expect(rows["Command line"] == "./server --port 8080")
    for heading in ["Environment", "How to reproduce", "Coverage", "Kept by started programs"] {
      #expect(page.headings.contains(heading))
    }
    #expect(page.html.contains("fdtrack run -- ./server --port 8080\nfdtrack-report trace.bin"))
  }

  @Test("The run that reproduces it is read under the name that it writes")
  func reproduction() {
    var report = Sample.report
    report.trace.path = "/tmp/server-790.bin"
    #expect(
      Narrative(report).reproduction?.suffix(2) == [
        "fdtrack run -- ./server --port 8080", "fdtrack-report trace.bin",
      ])
  }

  @Test("What the verdict does not speak of is in the count of no finding")
  func apart() throws {
    var report = Sample.report
    report.sites[0].byProcess[0].apart = 6
    let page = try CommonMark.html(MarkdownRenderer().render(report))
    #expect(page.tables[0][1][1] == "34 of 40")
  }

  @Test("Names become no markup, no links, no mentions, and stay in their cells")
  func hostile() throws {
    let page = try CommonMark.html(MarkdownRenderer().render(Hostile.report))
    expectSafe(page)
    for table in page.tables {
      for row in table { #expect(row.count == table[0].count) }
    }
    // What was in the names is there to be read.
    #expect(page.html.contains("&lt;img src=x onerror=1&gt;"))
  }

  @Test("However long names are, and however many, the limit holds", arguments: [1, 3_000])
  func longNames(sites: Int) throws {
    let long =
      String(repeating: Hostile.text, count: 40) + String(repeating: "\u{301}", count: 9_000)
    var report = Hostile.report
    report.processes[0].argv = [long]
    report.processes[0].exe = long
    report.processes[0].limitHit?.api = long
    report.sites = (0..<sites).map { number in
      var site = report.sites[0]
      site.id = number
      site.api = long
      site.kind = long
      site.fds[0].name = long
      return site
    }
    let text = MarkdownRenderer().render(report)
    #expect(text.utf8.count <= MarkdownRenderer.gitHubLimit)
    expectSafe(try CommonMark.html(text))
  }

  @Test("Thousands of sites are cut from the end, and the report says what it lacks")
  func thousands() throws {
    var report = Sample.report
    report.sites = (0..<5_000).map { number in
      var site = Sample.leak
      site.id = number
      site.fingerprint = String(0x1000_0000_0000_0000 + UInt64(number), radix: 16)
      return site
    }
    let text = MarkdownRenderer().render(report)
    #expect(text.utf8.count <= MarkdownRenderer.gitHubLimit)
    #expect(text.utf8.count > MarkdownRenderer.gitHubLimit * 9 / 10)
    let page = try CommonMark.html(text)
    expectSafe(page)
    let shown = page.headings.count { $0.hasPrefix("LEAK: ") }
    let cut = try #require(page.html.firstMatch(of: #/Left out: (\d+) call sites/#))
    // A thousand are told at most.
    #expect(shown > 20 && shown + Int(cut.1)! == 1_000)
    #expect(page.html.contains("+4000 more call sites."))
    #expect(page.tables[0].count == 51 && page.html.contains("+4950 more"))
    // The worst ones keep their details.
    #expect(page.html.contains("site 0 of the trace") || page.html.contains("the details of"))
    for heading in ["Environment", "How to reproduce", "Coverage"] {
      #expect(page.headings.contains(heading))
    }
  }

  @Test("Less important parts go before more important ones")
  func order() {
    let whole = MarkdownRenderer().render(Sample.report).utf8.count
    func cut(_ limit: Int) -> String { MarkdownRenderer(limit: limit).render(Sample.report) }
    #expect(!MarkdownRenderer(limit: whole).render(Sample.report).contains("cut"))
    let less = cut(whole - 1)
    #expect(less.contains("Left out: the processes.") && less.contains("<summary>Details"))
    let half = cut(whole / 2)
    #expect(half.utf8.count <= whole / 2)
    #expect(half.contains("the details of 2 call sites") && half.contains("## Environment"))
    #expect(cut(10).hasPrefix("# 1 call site leaks 40 fds"))
  }
}
