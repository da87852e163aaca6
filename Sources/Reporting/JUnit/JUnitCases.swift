import LeakAnalysis

extension JUnitRenderer {
  /// Writes test cases. Names have neither counts nor lines, so that a pane knows a case again
  /// in the next run, and no two are equal.
  struct Cases {
    let narrative: Narrative
    private var names: [String: Int] = [:]
    /// Sites that were told in full.
    private var told = 0

    init(_ narrative: Narrative) { self.narrative = narrative }
  }
}

extension JUnitRenderer.Cases {
  mutating func site(_ site: Report.Site, _ xml: inout XMLWriter) {
    let narrative = narrative
    let fate = JUnitRenderer.Fate(site)
    if fate != .passed { told += 1 }
    let isTold = told <= TextRenderer.siteLimit
    func lines() -> [String] {
      isTold ? Self.lines(of: site, narrative) : ["Told by its message alone, as one of many."]
    }
    testCase("sites", "\(site.api)() \(Self.place(site.stack))", site.fingerprint, &xml) { xml in
      let message = narrative.title(of: site) + "."
      switch fate {
      case .failed:
        xml.element("failure", ["type": site.verdict.rawValue, "message": message], text: lines())
      case .skipped:
        let by = site.suppressed.map { " Suppressed by '\($0.name)'." } ?? ""
        xml.element(
          "skipped",
          ["type": site.verdict.rawValue, "message": "\(site.verdict.rawValue): \(message)\(by)"])
        xml.element("system-out", text: lines())
      case .passed:
        let why = narrative.reason(of: site).map { [$0] } ?? []
        xml.element("system-out", text: ["\(site.verdict.rawValue): \(message)"] + why)
      }
    }
  }

  mutating func misuse(_ misuse: Report.Misuse, _ xml: inout XMLWriter) {
    let sentence = narrative.sentence(misuse)
    testCase(
      "wrong_uses", "\(misuse.kind) \(Self.place(misuse.stack))", misuse.fingerprint, &xml
    ) { xml in
      xml.element("skipped", ["type": misuse.kind, "message": sentence])
      xml.element("system-out", text: [sentence] + misuse.stack.frames.map(Self.line))
    }
  }

  mutating func kept(_ kept: Narrative.Kept, _ xml: inout XMLWriter) {
    let made = kept.first.handles.first?.made ?? kept.first.opened
    let holder = kept.first.holder.name.program ?? "a program"
    testCase(
      "inherited", "\(made.api)() \(Self.place(made.stack)), kept by \(holder)",
      made.fingerprint ?? "no stack", &xml
    ) { xml in
      xml.element("skipped", ["type": SARIFRule.inherited.id, "message": kept.sentence])
      xml.element("system-out", text: [kept.sentence] + kept.advice)
    }
  }

  /// Always there: panes take a file without a case for a failed run.
  mutating func coverage(_ xml: inout XMLWriter) {
    let narrative = narrative
    testCase("trace", "nothing was lost or unseen", nil, &xml) { xml in
      if narrative.report.isLossy {
        let losses = narrative.coverageFacts.filter(\.isLoss).map(\.text)
        xml.element(
          "skipped", ["type": "lossy", "message": losses.joined(separator: " ")])
      }
      xml.element("system-out", text: narrative.coverage)
    }
  }

  private mutating func testCase(
    _ group: String, _ name: String, _ fingerprint: String?, _ xml: inout XMLWriter,
    _ content: (inout XMLWriter) -> Void
  ) {
    let name = name + (fingerprint.map { " [\($0)]" } ?? "")
    let number = names[name, default: 0] + 1
    names[name] = number
    xml.element(
      "testcase",
      [
        "classname": "fdtrack.\(group)", "name": number > 1 ? "\(name) #\(number)" : name,
        "time": "0.000",
      ], content)
  }

  /// `in dial`, `at server+0x1050`.
  private static func place(_ stack: Report.Stack) -> String {
    guard let focus = stack.focus else { return "at an unknown place" }
    return focus.function.map { "in \(SpokenName.of($0))" }
      ?? "at \(focus.modulePlace)"
  }

  private static func line(_ frame: Report.StackFrame) -> String {
    "  " + (frame.function.map { "\($0)  \(frame.place)" } ?? frame.place)
  }

  /// The section of the text report, without its title.
  private static func lines(of site: Report.Site, _ narrative: Narrative) -> [String] {
    var canvas = TextCanvas(style: TextStyle(width: 100, usesUnicode: false))
    TextRenderer(style: canvas.style).site(site, narrative, &canvas)
    return canvas.text.split(separator: "\n").map(String.init)
  }
}
