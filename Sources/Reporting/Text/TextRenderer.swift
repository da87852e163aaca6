import LeakAnalysis

/// Renders a report for a terminal: the verdict, the sites worst first, then what started
/// programs keep, the process tree, and what the trace does not know.
public struct TextRenderer: Sendable {
  let style: TextStyle

  /// Lines of one list before "+N more".
  static let listLimit = 24
  /// Columns of the labels before a site's facts.
  static let labelWidth = 10

  public init(style: TextStyle = TextStyle()) { self.style = style }

  /// Returns the text with a final newline. No line is wider than the style's width.
  public func render(_ report: Report) -> String {
    let narrative = Narrative(report)
    var canvas = TextCanvas(style: style)
    canvas.paragraph([.init(narrative.headline, headlineRole(report))])
    for line in narrative.context { canvas.paragraph([.init(line, .faint)], hanging: 2) }
    for site in report.sites where isShownInFull(site, report) {
      canvas.blank()
      self.site(site, narrative, &canvas)
    }
    briefly(report.sites.filter { !isShownInFull($0, report) }, narrative, &canvas)
    inheritance(narrative, &canvas)
    list("Wrong closes and uses", narrative.misuse, &canvas)
    processes(narrative, &canvas)
    list("Coverage", narrative.coverage, &canvas)
    list("Unused suppressions", narrative.unusedSuppressions, &canvas)
    return canvas.text
  }

  private func isShownInFull(_ site: Report.Site, _ report: Report) -> Bool {
    switch site.verdict {
    case .leak, .suspect: true
    case .held, .suppressed: report.includesAll
    case .clean: false
    }
  }

  private func headlineRole(_ report: Report) -> TextStyle.Role {
    if !report.sites(.leak).isEmpty { return .leak }
    if !report.sites(.suspect).isEmpty || report.omitted.leaks > 0 { return .suspect }
    return report.isLossy ? .suspect : .good
  }

  func heading(_ title: String, _ canvas: inout TextCanvas) {
    canvas.blank()
    canvas.paragraph([.init(title, .strong)])
  }

  private func list(_ title: String, _ lines: [String], _ canvas: inout TextCanvas) {
    guard !lines.isEmpty else { return }
    heading(title, &canvas)
    for line in lines.prefix(Self.listLimit) {
      canvas.paragraph([.init(line)], indent: 2, hanging: 4)
    }
    more(lines.count - Self.listLimit, &canvas)
  }

  func more(_ count: Int, _ canvas: inout TextCanvas) {
    guard count > 0 else { return }
    canvas.paragraph([.init("+\(count) more; --format json lists all.", .faint)], indent: 2)
  }

  /// One line for each site that is no finding.
  private func briefly(
    _ sites: [Report.Site], _ narrative: Narrative, _ canvas: inout TextCanvas
  ) {
    for verdict in [Verdict.held, .clean] {
      let chosen = sites.filter { $0.verdict == verdict }
      guard !chosen.isEmpty else { continue }
      heading(verdict == .held ? "Held, and likely intended" : "All closed", &canvas)
      for site in chosen.prefix(Self.listLimit) {
        let reason = site.reasons.first.map { ". \($0.text)" } ?? "."
        canvas.paragraph([.init(narrative.title(of: site) + reason)], indent: 2, hanging: 4)
      }
      more(chosen.count - Self.listLimit, &canvas)
    }
  }

  private func processes(_ narrative: Narrative, _ canvas: inout TextCanvas) {
    let tree = narrative.processTree(atMost: Self.listLimit)
    guard !tree.isEmpty else { return }
    heading("Processes", &canvas)
    let marks =
      style.usesUnicode
      ? (pass: "│ ", fork: "├ ", last: "└ ", none: "  ")
      : (pass: "|  ", fork: "|- ", last: "`- ", none: "   ")
    for line in tree {
      // Deep trees keep their innermost levels: what is left of the line is for text.
      let levels = line.follows.suffix(8)
      var prefix = levels.dropLast().map { $0 ? marks.pass : marks.none }.joined()
      if let follows = levels.last { prefix += follows ? marks.fork : marks.last }
      canvas.paragraph(
        [.init(line.text)], indent: 2, hanging: prefix.count + 4, prefix: [.init(prefix, .faint)])
    }
    more(narrative.report.processes.count - tree.count, &canvas)
  }
}
