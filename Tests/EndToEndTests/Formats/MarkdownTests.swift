import Foundation
import Testing

@Suite("Markdown reports in a ticket")
struct MarkdownTests {
  /// What GitHub's renderer makes of the Markdown report of a trace.
  private func page(_ trace: String, _ options: [String] = []) throws -> (
    html: String, markdown: String
  ) {
    let report = try run([Project.reporter, "--format", "markdown"] + options + [trace])
    #expect(report.status == .exit(0) && report.errors.isEmpty)
    let cmark = try Launched([
      "/usr/bin/cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough",
      "-e", "tagfilter",
    ])
    let page = try cmark.converse(report.output)
    #expect(page.status == .exit(0))
    return (page.output, report.output)
  }

  /// Names of tags, those at an element's end with a slash.
  private func tags(_ html: String) -> [String] {
    html.matches(of: #/<(\/?[a-zA-Z][a-zA-Z0-9]*)/#).map { String($0.1) }
  }

  private func isBalanced(_ html: String) -> Bool {
    var open: [String] = []
    for tag in tags(html) where tag != "br" {
      if !tag.hasPrefix("/") {
        open.append(tag)
      } else if open.popLast() != String(tag.dropFirst()) {
        return false
      }
    }
    return open.isEmpty
  }

  /// Cells of the rows of the first table, without its head.
  private func findings(_ html: String) throws -> [[String]] {
    let start = try #require(html.range(of: "<tbody>"))
    let end = try #require(html.range(of: "</tbody>"))
    return html[start.upperBound..<end.lowerBound].components(separatedBy: "<tr>").dropFirst()
      .map { row in
        row.matches(of: #/<td[^>]*>(.*?)<\/td>/#).map {
          String($0.1).replacing(#/<[^>]*>/#, with: "")
        }
      }
  }

  private func expectAgreement(_ trace: String) throws {
    let (html, _) = try page(trace)
    let report = try report(on: trace)
    let sites = report.sites.filter { $0.verdict == "leak" || $0.verdict == "suspect" }
    let rows = try findings(html)
    #expect(rows.map { $0[0] } == sites.map(\.verdict))
    #expect(rows.map { $0[1] } == sites.map { "\($0.live)" })
    #expect(rows.map { $0[4] } == sites.map(\.fingerprint))
    #expect(isBalanced(html))
    // One for each finding, and the processes.
    #expect(tags(html).count { $0 == "details" } == sites.count + 1)
  }

  @Test("Verdicts, counts and fingerprints of a busy program are those of JSON")
  func everything() throws {
    try withScratch { folder in
      _ = try run(
        [try Project.fixture("everything"), folder],
        environment: shimEnvironment(trace: folder + "/trace.bin"), folder: folder)
      try expectAgreement(folder + "/trace.bin")
    }
  }

  @Test("A ticket tells which build ran where, and how to run it again")
  func environment() throws {
    try withScratch { folder in
      let owner = try Launched([try Project.fixture("retry_bind"), "0", "1"])
      let port = try owner.readLine(after: "listening ")
      let fixture = try Project.fixture("retry_bind")
      _ = try run(
        [fixture, port, "40"], environment: shimEnvironment(trace: folder + "/trace.bin"),
        folder: folder)
      try expectAgreement(folder + "/trace.bin")
      let (html, _) = try page(folder + "/trace.bin")
      let notes = try run(["/usr/bin/readelf", "-n", fixture]).output
      let buildID = try #require(notes.firstMatch(of: #/Build ID: ([0-9a-f]+)/#)).1
      for row in ["Build-id</td>\n<td><code>\(buildID)<", "Limit of fds", "Kernel", "C library"] {
        #expect(html.contains(row), "\(row)")
      }
      #expect(
        html.contains(
          "cd \(folder)\nfdtrack run -- \(fixture) \(port) 40\nfdtrack-report trace.bin"))
      owner.closeInput()
      _ = try owner.wait()
    }
  }

  @Test("Names of files cannot break out of a ticket")
  func hostileNames() throws {
    try withScratch { folder in
      let name =
        folder + "/<script>alert(1)< |x|`` ``` </details> @octocat #1 [l](http:) **b** <b>\n# h"
      try FileManager.default.createDirectory(
        atPath: name, withIntermediateDirectories: true)
      _ = try run(
        [try Project.fixture("everything"), name],
        environment: shimEnvironment(trace: folder + "/trace.bin"), folder: name)
      let (html, markdown) = try page(folder + "/trace.bin")
      let known: Set = [
        "h1", "h2", "p", "br", "strong", "code", "pre", "ul", "li", "table", "thead", "tbody",
        "tr", "th", "td", "details", "summary", "blockquote",
      ]
      let tags = Set(tags(html).map { $0.replacingOccurrences(of: "/", with: "") })
      #expect(tags.subtracting(known).isEmpty)
      #expect(isBalanced(html) && !html.contains("<h1>h"))
      #expect(html.contains("&lt;script&gt;alert(1)&lt;"))
      #expect(markdown.utf8.count <= 65_536)
      try expectAgreement(folder + "/trace.bin")
      // What is to be copied runs the program on that folder, and nothing else.
      let command = try #require(markdown.firstMatch(of: #/(?m)^fdtrack run -- (.*)$/#)).1
      let said = try run(["/bin/bash", "-c", "printf '%s|' " + command])
      #expect(said.output == "\(try Project.fixture("everything"))|\(name)|")
    }
  }
}
