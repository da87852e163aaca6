import Testing

@testable import Reporting

/// What a terminal of 24 lines shows of a report in a pager.
@Suite("The first screen")
struct FirstScreenTests {
  private func screen(_ report: Report, _ width: Int, unicode: Bool) -> String {
    let text = TextRenderer(style: TextStyle(width: width, usesUnicode: unicode)).render(report)
    return text.split(separator: "\n", omittingEmptySubsequences: false).prefix(23)
      .joined(separator: "\n")
  }

  private func expect(
    _ report: Report, _ width: Int, unicode: Bool = true, reads wanted: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let lines = screen(report, width, unicode: unicode)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = wanted.split(separator: "\n", omittingEmptySubsequences: false)
    for (line, want) in zip(lines, wanted) {
      #expect(line == want, sourceLocation: sourceLocation)
    }
    #expect(lines.count == wanted.count, sourceLocation: sourceLocation)
  }

  @Test("80 columns hold the verdict, the history, and the worst leak with cause and rate")
  func narrow() {
    expect(Sample.report, 80, reads: Screens.narrow)
  }

  @Test("200 columns are used for what is looked up, and sentences stay readable")
  func wide() {
    expect(Sample.report, 200, reads: Screens.wide)
  }

  @Test("Without UTF-8 the same stands there in ASCII")
  func ascii() {
    let plain = screen(Sample.report, 80, unicode: false)
    #expect(Golden.text.hasPrefix(plain) && plain.unicodeScalars.allSatisfy { $0.isASCII })
  }

  @Test("A program that ran out, and whose early events are lost, says both before its leak")
  func ranOut() {
    expect(Sample.ranOut, 80, reads: Screens.ranOut)
  }

  @Test(
    "However deep the stack, cause, rate and what to change come before it",
    arguments: [80, 200], [true, false])
  func deep(width: Int, unicode: Bool) throws {
    var report = Sample.report
    let runtime = Sample.frame(
      "std::__invoke_impl<void>()", "/usr/include/c++/12/bits/invoke.h", 61, offset: 1)
    report.sites[0].stack.frames.insert(contentsOf: Array(repeating: runtime, count: 40), at: 0)
    let text = screen(report, width, unicode: unicode)
    for needed in ["client.c:38", "ECONNREFUSED", "5 min 5 s", "change", "opened"] {
      #expect(text.contains(needed))
    }
  }
}
