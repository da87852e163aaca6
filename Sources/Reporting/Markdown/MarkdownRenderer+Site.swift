import LeakAnalysis

extension MarkdownRenderer {
  /// Frames of one stack before "+N more".
  private static let frameLimit = 32

  /// What a site is, why it is open, how fast it grows, what to change, and its stack.
  func section(_ site: Report.Site, _ narrative: Narrative) -> String {
    let title = sentence(narrative.title(of: site))
    var text = "\n## \(site.verdict.rawValue.uppercased()): \(title)\n\n"
    if let names = narrative.names(of: site) { text += sentence(names) + "\n\n" }
    let facts = narrative.facts(of: site)
    let first = facts.filter { $0.label == "why" || $0.label == "rate" }
    text += bullets(first.flatMap(\.lines)) + "\n"
    for fact in facts where fact.label == "change" {
      text += "**What to change**\n\n" + bullets(fact.lines) + "\n"
    }
    return text + MarkdownText.block(stack(site.stack))
  }

  /// The rest, folded.
  func details(of site: Report.Site, _ narrative: Narrative) -> String {
    var parts = narrative.facts(of: site)
      .filter { !["why", "rate", "change"].contains($0.label) }
      .map { "\(Self.title($0.label))\n\n" + bullets($0.lines) }
    parts.append(descriptors(site, narrative))
    parts.append(
      "Fingerprint: \(MarkdownText.code(site.fingerprint)), site \(site.id) of the trace.\n")
    return "\n"
      + details("Details", parts.filter { !$0.isEmpty }.joined(separator: "\n"))
  }

  private static func title(_ label: String) -> String {
    switch label {
    case "when": "When"
    case "who": "Who holds them"
    case "note": "Whose frames these are"
    case "marks": "What they were opened in"
    case "closed": "Where the others are closed"
    default: label
    }
  }

  /// The stack as text; the frame to look at first is marked.
  private func stack(_ stack: Report.Stack) -> [String] {
    // The frame to look at first is never cut off.
    let shown = stack.frames.prefix(max(Self.frameLimit, (stack.focusIndex ?? 0) + 1))
    var lines = shown.enumerated().map { index, frame in
      let mark = index == stack.focusIndex ? "> " : "  "
      let place = VisibleText.cut(frame.place, to: 300)
      guard let function = frame.function else { return mark + place }
      return
        "\(mark)\(VisibleText.cut(SpokenName.shortened(function), to: 300))\(frame.label)  \(place)"
    }
    let hidden = stack.frames.count - shown.count
    if hidden > 0 { lines.append("  (+\(hidden) more frames)") }
    switch stack.end {
    case .complete: break
    case .cut: lines.append("  (deeper frames were not followed)")
    case .ways: lines.append("  (many ways lead here)")
    case .broken: lines.append("  (no unwind information from here on)")
    case .missing: lines.append("  (the stack was not recorded)")
    }
    return lines
  }

  private func descriptors(_ site: Report.Site, _ narrative: Narrative) -> String {
    guard !site.fds.isEmpty else { return "" }
    var text = "| process | fd | kind | name | local | remote | state | opened | thread |\n"
    text += "|---|--:|---|---|---|---|---|--:|--:|\n"
    for fd in site.fds.prefix(Self.listLimit) {
      let cells = [
        sentence(narrative.label(fd.process)), "\(fd.fd)",
        MarkdownText.escaped(fd.kind), cell(fd.name), cell(fd.local), cell(fd.remote),
        cell(fd.state), fd.openedNs.map { "\(DurationText.of($0))" } ?? "",
        fd.thread == 0 ? "" : "\(fd.thread)",
      ]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    let hidden = site.fds.count - Self.listLimit
    if hidden > 0 { text += "\n+\(hidden) more.\n" }
    return text
  }

  private func cell(_ text: String?) -> String {
    text.map { MarkdownText.codeCell(VisibleText.cut($0, to: 200)) } ?? ""
  }
}
