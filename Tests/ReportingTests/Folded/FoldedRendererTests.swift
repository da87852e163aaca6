import Testing

@testable import Reporting

@Suite("Folded stacks") struct FoldedRendererTests {
  private func report(_ stacks: [(Report.Stack, live: Int, opened: UInt64)]) -> Report {
    var report = Sample.report
    report.sites = stacks.enumerated().map { index, entry in
      var site = Report.Site(id: index)
      (site.stack, site.live, site.opened) = (entry.0, entry.live, entry.opened)
      return site
    }
    return report
  }

  private func stack(_ names: String?...) -> Report.Stack {
    Report.Stack(
      frames: names.map { Report.StackFrame(function: $0, module: "/srv/server", offset: 0x1a) })
  }

  @Test("Functions stand from the outermost to the innermost, inlined ones too")
  func order() {
    #expect(
      FoldedRenderer().render(report([(Sample.dial, 40, 1300)]))
        == "_start;__libc_start_call_main;main;dial;new_socket 40\n")
  }

  @Test("Equal stacks are one line, and lines stand in the order of their counts")
  func sums() {
    let report = report([
      (stack("a", "main"), 2, 9), (stack("b", "main"), 7, 7), (stack("a", "main"), 3, 4),
    ])
    #expect(FoldedRenderer().render(report) == "main;b 7\nmain;a 5\n")
    #expect(FoldedRenderer(.opened).render(report) == "main;a 13\nmain;b 7\n")
  }

  @Test("What is all closed counts as opened only")
  func closed() {
    let report = report([(stack("a"), 0, 9)])
    #expect(FoldedRenderer().render(report) == "")
    #expect(FoldedRenderer(.opened).render(report) == "a 9\n")
  }

  @Test("Nothing in a name ends its frame, its stack or its line")
  func escaped() {
    let names = stack(
      "a;b", "operator new(unsigned long)", "x\ny\r\t", "f 12", "", "\u{2028}\u{1b}[0m")
    let text = FoldedRenderer().render(report([(names, 1, 1)]))
    #expect(
      text
        == #"\u{2028}\u{1b}[0m;_;f_12;x\ny\r\t;operator_new(unsigned_long);a:b 1"# + "\n")
    let hostile = FoldedRenderer().render(Hostile.report)
    #expect(hostile.split(whereSeparator: \.isNewline).count == 1)
    #expect(hostile.split(separator: " ").count == 2)
  }

  @Test("Frames without a function are told by module and offset")
  func bare() {
    #expect(FoldedRenderer().render(report([(stack(nil, "main"), 1, 1)])) == "main;server+0x1a 1\n")
  }

  @Test("A stack that is not whole begins with a frame that says so")
  func incomplete() {
    var cut = stack("a")
    cut.end = .cut
    let text = FoldedRenderer().render(report([(cut, 2, 2), (.missing, 1, 1)]))
    #expect(text == "[stack_cut];a 2\n[stack_missing] 1\n")
  }

  @Test("Counts that are more than a number holds stay the highest")
  func overflow() {
    let report = report([(stack("a"), .max, .max), (stack("a"), 1, 1)])
    #expect(FoldedRenderer(.opened).render(report) == "a 18446744073709551615\n")
  }
}
