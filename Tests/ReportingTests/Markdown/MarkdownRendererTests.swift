import Testing

@testable import Reporting

@Suite("Markdown reports")
struct MarkdownRendererTests {
  @Test("The whole report reads as agreed")
  func golden() {
    var report = Sample.report
    report.sites[0].fds.removeLast(38)
    let lines = MarkdownRenderer().render(report)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = Golden.markdown.split(separator: "\n", omittingEmptySubsequences: false)
    for (line, want) in zip(lines, wanted) { #expect(line == want) }
    #expect(lines.count == wanted.count)
  }

  @Test("Nothing from a trace becomes markup")
  func hostile() {
    let text = MarkdownRenderer().render(Hostile.report)
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
    // Outside of code, where all is literal, none of it may stand bare.
    var prose = text.replacing(/(?s)\n(`{3,})(?:text|sh)\n.*?\n\1\n/, with: "\n")
    prose = prose.split(separator: "\n").map { Self.withoutCodeSpans($0) }.joined(separator: "\n")
    #expect(!prose.contains("<img"))
    #expect(!prose.contains("@octocat"))
    #expect(!prose.contains("#1 "))
    #expect(!prose.contains("http://"))
    #expect(!prose.contains(/[^\\*_][*_][bi]/))
    let opened = prose.split(separator: "<details>", omittingEmptySubsequences: false).count
    let closed = prose.split(separator: "</details>", omittingEmptySubsequences: false).count
    #expect(opened == closed)
    for row in prose.split(separator: "\n") where row.hasPrefix("| pid") {
      #expect(row.replacing("\\|", with: "").filter { $0 == "|" }.count == 10)
    }
  }

  @Test("A fence is longer than any in what it holds")
  func fences() {
    #expect(MarkdownText.block(["a ```` b"]) == "`````text\na ```` b\n`````\n")
    #expect(MarkdownText.code("a`b") == "``a`b``")
    #expect(MarkdownText.code("`") == "`` ` ``")
    #expect(MarkdownText.codeCell("a|b") == "`a\\|b`")
    #expect(MarkdownText.escaped("1. x") == "1\\. x")
    #expect(MarkdownText.escaped("- x") == "\\- x")
  }

  @Test("A mark that combines with markup does not hide it")
  func combining() {
    #expect(MarkdownText.escaped("<\u{301}b> |\u{301}") == "&lt;\u{301}b&gt; \\|\u{301}")
    #expect(MarkdownText.code("a`\u{301}<b>") == "``a`\u{301}<b>``")
    #expect(MarkdownText.code("`\u{301}") == "`` `\u{301} ``")
    #expect(MarkdownText.codeCell("a|\u{301}b") == "`a\\|\u{301}b`")
    #expect(MarkdownText.block(["```\u{301}"]).hasPrefix("````text\n"))
  }

  @Test("A report above the limit loses details first and says so")
  func limit() {
    var report = Sample.report
    report.sites = (0..<400).map { number in
      var site = Sample.leak
      site.id = number
      return site
    }
    let text = MarkdownRenderer().render(report)
    #expect(text.utf8.count <= MarkdownRenderer.gitHubLimit)
    #expect(text.utf8.count > MarkdownRenderer.gitHubLimit / 2)
    #expect(text.hasPrefix("# 400 call sites leak 16000 fds."))
    #expect(text.contains("This report is cut"))
    #expect(!text.contains("<summary>Details"))
    #expect(text.contains("## Coverage"))
    #expect(!MarkdownRenderer().render(Sample.report).contains("This report is cut"))
  }

  /// Drops code spans as CommonMark finds them: a run of backticks up to the next of its length,
  /// where a backslash takes the next character out of it outside of spans only.
  private static func withoutCodeSpans(_ line: Substring) -> String {
    var out = ""
    var rest = line
    while let character = rest.first {
      if character == "\\" {
        out += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else if character == "`" {
        let fence = rest.prefix { $0 == "`" }
        rest = rest.dropFirst(fence.count)
        var inside = rest
        while !inside.isEmpty {
          inside = inside.drop { $0 != "`" }
          let run = inside.prefix { $0 == "`" }
          inside = inside.dropFirst(run.count)
          if run.count == fence.count { break }
        }
        rest = inside
      } else {
        out.append(character)
        rest = rest.dropFirst()
      }
    }
    return out
  }
}
