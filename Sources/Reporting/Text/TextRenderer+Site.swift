import LeakAnalysis

extension TextRenderer {
  /// Frames of one stack before "+N more".
  static let frameLimit = 20

  func site(_ site: Report.Site, _ narrative: Narrative, _ canvas: inout TextCanvas) {
    canvas.paragraph(
      [
        .init(site.verdict.rawValue.uppercased(), role(site.verdict)),
        .init("  "),
        .init(narrative.title(of: site), .strong),
        .init("  "),
        .init("[\(site.fingerprint)]", .faint),
      ], hanging: 2)
    if let names = narrative.names(of: site) {
      canvas.paragraph([.init(names)], indent: 2, hanging: 4)
    }
    let facts = narrative.facts(of: site)
    for fact in facts where fact.label == "why" { self.fact(fact, &canvas) }
    stack(site.stack, cwd: cwd(of: site, narrative.report), &canvas)
    for fact in facts where fact.label != "why" { self.fact(fact, &canvas) }
  }

  private func role(_ verdict: Verdict) -> TextStyle.Role {
    switch verdict {
    case .leak: .leak
    case .suspect: .suspect
    case .held, .suppressed, .clean: .good
    }
  }

  private func fact(_ fact: Narrative.Fact, _ canvas: inout TextCanvas) {
    for (index, line) in fact.lines.enumerated() {
      let role: TextStyle.Role = fact.label == "change" ? .strong : .plain
      canvas.labelled(index == 0 ? fact.label : "", [.init(line, role)], column: Self.labelWidth)
    }
  }

  private func stack(_ stack: Report.Stack, cwd: String?, _ canvas: inout TextCanvas) {
    let mark = style.usesUnicode ? "› " : "> "
    for (index, frame) in stack.frames.prefix(Self.frameLimit).enumerated() {
      let isFocus = index == stack.focusIndex
      let role: TextStyle.Role =
        isFocus ? .focus : frame.origin == .runtime ? .faint : .plain
      let place = frame.displayPlace(relativeTo: cwd)
      var spans = [TextCanvas.Span(frame.function ?? place, role)]
      if frame.isInlined { spans.append(.init(" (inlined)", .faint)) }
      if frame.function != nil { spans.append(.init("  " + place, isFocus ? .focus : .faint)) }
      canvas.labelled(
        index == 0 ? "opened" : "", spans, column: Self.labelWidth, mark: isFocus ? mark : "  ",
        hanging: Self.labelWidth + 6)
    }
    let hidden = stack.frames.count - Self.frameLimit
    if hidden > 0 { note("+\(hidden) more frames", stack, &canvas) }
    switch stack.end {
    case .complete: break
    case .cut: note("deeper frames were not followed", stack, &canvas)
    case .broken: note("no unwind information from here on", stack, &canvas)
    case .missing: note("the stack was not recorded", stack, &canvas)
    }
  }

  private func note(_ text: String, _ stack: Report.Stack, _ canvas: inout TextCanvas) {
    canvas.labelled(
      stack.frames.isEmpty ? "opened" : "", [.init("(\(text))", .faint)],
      column: Self.labelWidth, mark: "  ")
  }

  private func cwd(of site: Report.Site, _ report: Report) -> String? {
    site.byProcess.first.flatMap { report.process($0.process)?.cwd }
  }
}

extension Report.StackFrame {
  /// The place, below the program's directory without that.
  func displayPlace(relativeTo cwd: String?) -> String {
    guard let cwd, cwd != "/", let file, file.hasPrefix(cwd + "/") else { return place }
    return String(place.dropFirst(cwd.count + 1))
  }
}
