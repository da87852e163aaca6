import Foundation
import Testing

@testable import Reporting

@Suite("HTML reports")
struct HTMLRendererTests {
  @Test("The parts stand in the order in which a reader asks")
  func order() throws {
    let document = try HTMLDocument(HTMLRenderer().render(Sample.report))
    let sections = document.tags.filter { $0.name == "section" }.compactMap { $0.value("id") }
    #expect(
      sections == [
        "leaks", "timeline", "suspects", "misuse", "inheritance", "held", "processes", "coverage",
        "environment",
      ])
    let headings = document.tags.map(\.name).filter { $0 == "h1" || $0 == "h2" }
    #expect(headings == ["h1"] + sections.map { _ in "h2" })
    #expect(Set(["header", "nav", "main", "footer"]).isSubset(of: document.tags.map(\.name)))
  }

  @Test("Verdict, counts and fingerprint of each site are those of the report")
  func sites() throws {
    let document = try HTMLDocument(HTMLRenderer().render(Sample.report))
    let sites = document.tags.filter { $0.has("data-fingerprint") }
    #expect(
      sites.map { $0.value("data-fingerprint") } == Sample.report.sites.map(\.fingerprint))
    #expect(
      sites.map { $0.value("data-verdict") } == Sample.report.sites.map(\.verdict.rawValue))
    #expect(sites.map { $0.value("data-live") } == Sample.report.sites.map { "\($0.live)" })
  }

  @Test("A reader finds the sentences of the other formats")
  func sentences() throws {
    let text = try HTMLDocument(HTMLRenderer().render(Sample.report)).texts.joined()
    let narrative = Narrative(Sample.report)
    var wanted = [narrative.headline] + narrative.context + narrative.coverage + narrative.misuse
    for site in Sample.report.sites {
      wanted.append(narrative.title(of: site))
      wanted += narrative.facts(of: site).flatMap(\.lines)
    }
    for kept in narrative.inheritance { wanted += [kept.sentence] + kept.advice }
    wanted += narrative.processTree(atMost: 100).map(\.text)
    for sentence in wanted { #expect(text.contains(HTMLText.escaped(sentence))) }
  }

  @Test("Counts over time are drawn, and stand in a table for those who see no drawing")
  func timeline() throws {
    let document = try HTMLDocument(HTMLRenderer().render(Self.withTimeline))
    #expect(document.tags.contains { $0.name == "section" && $0.value("id") == "timeline" })
    let rows = document.tags.filter { $0.has("data-counts") }
    #expect(rows.map { $0.value("data-counts") } == ["1,20,41,43,43", "10,40,40"])
    #expect(rows.map { $0.value("data-first") } == ["0", "2"])
    // A limit far away would leave nothing to see of the lines.
    #expect(!document.tags.contains { $0.value("class") == "limit" })
    let labels = document.tags.filter { $0.value("role") == "img" }
    #expect(labels.allSatisfy { $0.has("aria-label") })
    #expect(labels.count == 2)

    var limited = Self.withTimeline
    limited.processes.removeLast(3)
    limited.processes[0].fdLimit = 64
    let html = HTMLRenderer().render(limited)
    #expect(html.contains(">limit 64</text>"))
  }

  @Test("Moments of which the ring forgot events are marked as lower bounds")
  func forgotten() throws {
    var report = Self.withTimeline
    #expect(!HTMLRenderer().render(report).contains("lower bounds"))
    report.timeline?.tree.knownFromNs = 6_000_000_000
    let html = HTMLRenderer().render(report)
    #expect(html.contains("Before 6 s (shaded) counts are lower bounds"))
    #expect(html.contains("class=\"unknown\""))
  }

  private static var withTimeline: Report {
    var report = Sample.report
    report.timeline = Report.Timeline(
      momentsNs: (0...4).map { $0 * 3_100_000_000 }, tree: .init(counts: [1, 20, 41, 43, 43]))
    report.sites[0].timeline = .init(first: 2, counts: [10, 40, 40])
    return report
  }

  @Test("What is referred to is there, once")
  func references() throws {
    let document = try HTMLDocument(HTMLRenderer().render(Self.withTimeline))
    let names = document.tags.compactMap { $0.value("id") }
    #expect(Set(names).count == names.count)
    for tag in document.tags {
      for name in ["aria-labelledby", "for"] {
        if let value = tag.value(name) { #expect(names.contains(value)) }
      }
      if let link = tag.value("href") { #expect(names.contains(String(link.dropFirst()))) }
    }
  }

  @Test("Nothing from a trace becomes markup, a link, or unseen")
  func hostile() throws {
    for all in [false, true] {
      var report = Hostile.report
      report.includesAll = all
      let html = HTMLRenderer().render(report)
      #expect(html.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
      let document = try HTMLDocument(html)
      let plain = try HTMLDocument(HTMLRenderer().render(Sample.report))
      let known = Set(plain.tags.map(\.name))
      #expect(document.tags.allSatisfy { known.contains($0.name) })
      for tag in document.tags {
        #expect(tag.attributes.allSatisfy { !$0.name.hasPrefix("on") && $0.name != "style" })
        for (name, value) in tag.attributes where name == "href" {
          #expect(value?.contains(/^#[a-z]+(-[0-9]+)?$/) == true)
        }
      }
      #expect(document.style == plain.style)
      #expect(document.script == plain.script)
    }
  }

  @Test("A mark that combines with a bracket does not hide it from escaping")
  func combining() {
    #expect(
      HTMLText.escaped("<\u{301}b>&\u{301}\"\u{20dd}'")
        == "&lt;\u{301}b&gt;&amp;\u{301}&quot;\u{20dd}&#39;")
    #expect(HTMLText.escaped("\u{202e}\u{0}\u{7f}") == "\\u{202e}\\u{0}\\u{7f}")
  }

  @Test("Text that is one long character is cut")
  func long() {
    let text = "a" + String(repeating: "\u{301}", count: 3 * HTMLText.limit)
    #expect(text.count == 1)
    #expect(HTMLText.escaped(text).unicodeScalars.count == HTMLText.limit)
  }

  @Test("A document that is too long tells the last sites in a line and counts the rest")
  func budget() throws {
    var report = Sample.report
    report.sites = (0..<3000).map { number in
      var site = Sample.leak
      site.id = number
      return site
    }
    let html = HTMLRenderer(budget: 100_000).render(report)
    #expect(html.utf8.count > 100_000)
    #expect(html.utf8.count < 300_000)
    let document = try HTMLDocument(html)
    let told = document.tags.count { $0.has("data-fingerprint") }
    #expect(told > 5)
    #expect(html.contains("<h1 class=\"leak\">3000 call sites leak 120000 fds"))
    #expect(html.contains("+\(3000 - told - HTMLPage.listLimit) more."))
  }

  @Test("The policy lets in this style sheet and this script, and nothing else")
  func policy() throws {
    let document = try HTMLDocument(HTMLRenderer().render(Sample.report))
    let style = try Self.sha256(document.style)
    let script = try Self.sha256(document.script)
    #expect(HTMLResources.styleHash == style)
    #expect(HTMLResources.scriptHash == script)
    let policy = try #require(
      document.tags.first { $0.value("http-equiv") == "Content-Security-Policy" }?
        .value("content"))
    #expect(
      policy == "default-src 'none'; style-src 'sha256-\(style)'; script-src 'sha256-\(script)';"
        + " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script';"
        + " trusted-types 'none'")
    // In force before anything that it is to hold for.
    let first = document.tags.firstIndex { $0.has("http-equiv") }
    #expect(first == document.tags.firstIndex { $0.name == "meta" }.map { $0 + 1 })
  }

  /// In base64, by `sha256sum`.
  private static func sha256(_ text: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    // Less than a pipe holds: nobody waits.
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try input.fileHandleForWriting.close()
    let hex = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let digits = hex.prefix(64).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    try #require(digits.count == 64)
    let bytes = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    return Data(bytes).base64EncodedString()
  }
}
