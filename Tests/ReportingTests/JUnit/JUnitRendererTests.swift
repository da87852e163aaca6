import Foundation
import FoundationXML
import Testing

@testable import Reporting

@Suite("JUnit reports")
struct JUnitRendererTests {
  private func text(_ report: Report) -> String {
    rendered { JUnitRenderer().render(report, to: $0) }
  }

  /// Elements in their order, with attributes and text.
  private final class Elements: NSObject, XMLParserDelegate {
    struct Element {
      var name: String
      var attributes: [String: String]
      var text = ""
    }
    var all: [Element] = []
    private var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      open.append(all.count)
      all.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let index = open.last { all[index].text += text }
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }
  }

  private func elements(_ report: Report) throws -> [Elements.Element] {
    let elements = Elements()
    let parser = XMLParser(data: Data(text(report).utf8))
    parser.delegate = elements
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    return elements.all
  }

  @Test("A leak fails, a suspect and a wrong use are skipped, what is held passes")
  func fates() throws {
    let elements = try elements(Sample.report)
    let cases = elements.filter { $0.name == "testcase" }
    #expect(
      cases.map { $0.attributes["classname"] } == [
        "fdtrack.sites", "fdtrack.sites", "fdtrack.sites", "fdtrack.wrong_uses",
        "fdtrack.inherited", "fdtrack.inherited", "fdtrack.trace",
      ])
    #expect(cases[0].attributes["name"] == "socket() in new_socket [cac6d88a5414de0d]")
    let failures = elements.filter { $0.name == "failure" }
    #expect(failures.map { $0.attributes["type"] } == ["leak"])
    #expect(
      failures[0].attributes["message"]
        == "40 tcp sockets from socket() in new_socket at client.c:38.")
    #expect(failures[0].text.contains("  change  Call close() when connect() fails with"))
    let skipped = elements.filter { $0.name == "skipped" }.map { $0.attributes["type"] }
    #expect(skipped == ["suspect", "double_close", "inherited_descriptor", "inherited_descriptor"])
  }

  @Test(
    "Totals are those of the cases",
    arguments: [Sample.report, Sample.withEverything, Hostile.report, Sample.report(of: [])])
  func totals(report: Report) throws {
    let elements = try elements(report)
    func count(_ name: String) -> String { "\(elements.count { $0.name == name })" }
    for suite in elements.prefix(2) {
      #expect(suite.attributes["tests"] == count("testcase"))
      #expect(suite.attributes["failures"] == count("failure"))
      #expect(suite.attributes["errors"] == "0")
    }
    #expect(elements[1].attributes["skipped"] == count("skipped"))
    #expect(Int(count("failure")) == report.siteCount(.leak))
    #expect(elements[1].attributes["timestamp"].map { $0.count == 19 } ?? true)
  }

  @Test("Cases of equal names are told apart by a number")
  func names() throws {
    var report = Sample.report
    report.sites = [Sample.leak, Sample.leak, Sample.leak]
    let names = try elements(report).filter { $0.name == "testcase" }
      .compactMap { $0.attributes["name"] }
    #expect(Set(names).count == names.count)
    #expect(names[1] == "socket() in new_socket [cac6d88a5414de0d] #2")
  }

  @Test("Beyond as many sites as the text report tells in full, messages have to do")
  func manySites() throws {
    var report = Sample.report
    report.sites = Array(repeating: Sample.leak, count: TextRenderer.siteLimit + 1)
    let failures = try elements(report).filter { $0.name == "failure" }
    #expect(failures.count == report.sites.count)
    #expect(failures[TextRenderer.siteLimit - 1].text.contains("  why     The last thing"))
    #expect(failures.last?.text == "Told by its message alone, as one of many.")
    #expect(failures.last?.attributes["message"] == failures[0].attributes["message"])
  }

  @Test("A trace that lost something is no proof: its case is skipped, with what was lost")
  func lossy() throws {
    var report = Sample.report(of: [])
    #expect(try !elements(report).contains { $0.name == "skipped" })
    report.trace.losses = [Report.Loss(name: "stacks", text: "events without a stack", count: 7)]
    let skipped = try elements(report).filter { $0.name == "skipped" }
    #expect(skipped.map { $0.attributes["message"] } == ["7 events without a stack."])
  }

  @Test("Text from a trace is no markup, and has no character that XML lacks")
  func hostile() throws {
    var report = Hostile.report
    report.trace.host = "]]>&amp;<a b='c'>\u{0}\u{b}\u{1b}\u{fffe}\u{ffff}\u{85}"
    let text = text(report)
    #expect(
      text.unicodeScalars.allSatisfy { scalar in
        switch scalar.value {
        case 0x9, 0xa, 0xd, 0x20...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
        default: false
        }
      })
    let host = try elements(report)[1].attributes["hostname"]
    #expect(
      host?.hasPrefix("]]>&amp;<a b='c'>\\u{0}\\u{b}\\u{1b}\\u{fffe}\\u{ffff}\\u{85}") == true)
  }

  @Test("Times are seconds with milliseconds")
  func times() {
    #expect(JUnitRenderer.seconds(0) == "0.000" && JUnitRenderer.seconds(1_999_999) == "0.001")
    #expect(JUnitRenderer.seconds(12_400_000_000) == "12.400")
    #expect(JUnitRenderer.seconds(.max) == "18446744073.709")
  }
}
