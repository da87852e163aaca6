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
    // What is to be known first stands before a stack that may fill the screen.
    let facts = narrative.facts(of: site)
    for label in Self.firstFacts {
      for fact in facts where fact.label == label { self.fact(fact, &canvas) }
    }
    stack(
      site.stack, cwd: cwd(of: site, narrative.report), whole: narrative.report.includesAll,
      &canvas)
    for fact in facts where !Self.firstFacts.contains(fact.label) { self.fact(fact, &canvas) }
  }

  private static let firstFacts = ["why", "rate", "change"]

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
      canvas.labelled(
        index == 0 ? fact.label : "", [.init(line, role)], column: Self.labelWidth,
        width: style.measure)
    }
  }

  /// - Parameter whole: the frames that start every program and thread, and long runs of those of
  ///   libraries, are shown, too, and names however long they are.
  private func stack(
    _ stack: Report.Stack, cwd: String?, whole: Bool, _ canvas: inout TextCanvas
  ) {
    let starting = whole ? 0 : stack.startingFrames
    let (interpreting, interpreter) = whole ? ([], "") : stack.interpretingFrames
    let told = stack.frames.indices.dropLast(starting).filter { !interpreting.contains($0) }
    let folds = whole ? [] : stack.foldedFrames(of: told)
    let unfolded = told.indices.filter { place in !folds.contains { $0.contains(place) } }
    // The frame to look at first is never cut off.
    let shown = unfolded.prefix(
      max(Self.frameLimit, (unfolded.firstIndex { told[$0] == stack.focusIndex } ?? 0) + 1))
    for place in shown {
      if let fold = folds.first(where: { $0.upperBound == place }) {
        note("+\(fold.count) frames of libraries", stack, &canvas)
      }
      frame(
        stack.frames[told[place]], labelled: place == 0, isFocus: told[place] == stack.focusIndex,
        cwd: cwd, whole: whole, &canvas)
    }
    let hidden = told.count - (shown.last.map { $0 + 1 } ?? 0)
    if hidden > 0 {
      note("+\(hidden + interpreting.count + starting) more frames", stack, &canvas)
    } else if !interpreting.isEmpty {
      let others = starting > 0 ? ", +\(starting) of start-up code" : ""
      note("+\(interpreting.count) frames of \(interpreter)\(others)", stack, &canvas)
    } else if starting > 0 {
      note("+\(starting) frames of start-up code", stack, &canvas)
    }
    switch stack.end {
    case .complete: break
    case .cut: note("deeper frames were not followed", stack, &canvas)
    case .ways: note("many ways lead here", stack, &canvas)
    case .broken: note("no unwind information from here on", stack, &canvas)
    case .missing: note("the stack was not recorded", stack, &canvas)
    }
  }

  private func frame(
    _ frame: Report.StackFrame, labelled: Bool, isFocus: Bool, cwd: String?, whole: Bool,
    _ canvas: inout TextCanvas
  ) {
    let role: TextStyle.Role = isFocus ? .focus : frame.origin == .runtime ? .faint : .plain
    let place = frame.displayPlace(relativeTo: cwd)
    let function = whole ? frame.function : frame.function.map(SpokenName.shortened)
    var spans = [TextCanvas.Span(function ?? place, role)]
    if !frame.label.isEmpty { spans.append(.init(frame.label, .faint)) }
    if frame.function != nil { spans.append(.init("  " + place, isFocus ? .focus : .faint)) }
    canvas.labelled(
      labelled ? "opened" : "", spans, column: Self.labelWidth,
      mark: isFocus ? style.usesUnicode ? "› " : "> " : "  ", hanging: Self.labelWidth + 6)
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
