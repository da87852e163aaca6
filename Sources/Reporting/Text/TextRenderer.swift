import LeakAnalysis

/// Renders a report for a terminal: the verdict, the sites worst first, then what started
/// programs keep, the process tree, and what the trace does not know.
public struct TextRenderer: Sendable {
  let style: TextStyle

  /// Lines of one list before "+N more".
  static let listLimit = 24
  /// Sites that are told in full: nobody reads more of them.
  static let siteLimit = 1000
  /// Levels of the tree of processes that are set off; those below tell how far they are.
  private static let treeLevels = 10
  /// Columns of the labels before a site's facts.
  static let labelWidth = 10

  public init(style: TextStyle = TextStyle()) { self.style = style }

  /// Returns the text with a final newline. No line is wider than the style's width.
  public func render(_ report: Report) -> String {
    let narrative = Narrative(report)
    var canvas = TextCanvas(style: style)
    canvas.paragraph(
      [.init(narrative.headline, headlineRole(report))], width: style.measure)
    for (index, line) in narrative.context.enumerated() {
      // The first is a command line.
      canvas.paragraph(
        [.init(line, .faint)], hanging: 2, width: index == 0 ? style.width : style.measure)
    }
    if let history = narrative.history { self.history(history, &canvas) }
    comparison(narrative, &canvas)
    let isFull = report.sites.map { isShownInFull($0, narrative) }
    let full = report.sites.indices.filter { isFull[$0] }
    for index in full.prefix(Self.siteLimit) {
      canvas.blank()
      site(report.sites[index], narrative, &canvas)
    }
    if full.count > Self.siteLimit { canvas.blank() }
    more(full.count - Self.siteLimit, &canvas)
    list(
      "Known from the baseline", narrative.knownFindings, &canvas)
    // A port that is taken is asked for more often than what is held on purpose.
    inheritance(narrative, &canvas)
    briefly(
      report.sites.indices.filter { !isFull[$0] }.map { report.sites[$0] }, narrative, &canvas)
    list("By mark", narrative.markSummary, &canvas)
    list("Wrong closes and uses", narrative.misuse, &canvas)
    processes(narrative, &canvas)
    list("Coverage", narrative.coverage, &canvas)
    list("Unused suppressions", narrative.unusedSuppressions, &canvas)
    return canvas.text
  }

  private func isShownInFull(_ site: Report.Site, _ narrative: Narrative) -> Bool {
    switch site.verdict {
    case .leak, .suspect: !narrative.isKnown(site)
    case .held, .suppressed: narrative.report.includesAll
    case .clean: false
    }
  }

  /// How many descriptors were open over time: a picture of one line, then in words.
  private func history(_ history: Narrative.History, _ canvas: inout TextCanvas) {
    let label = "fds"
    let (unknown, known) = history.line.drawn(
      in: style.width - label.count - 2, style.usesUnicode ? .blocks : .ascii)
    canvas.paragraph(
      [],
      prefix: [.init(label, .label), .init("  "), .init(unknown, .faint), .init(known)])
    canvas.paragraph(
      [.init(history.facts.joined(separator: " "))], indent: label.count + 2,
      width: style.measure)
  }

  /// What became of an earlier run's sites, as a table.
  private func comparison(_ narrative: Narrative, _ canvas: inout TextCanvas) {
    guard let comparison = narrative.report.comparison else { return }
    heading(narrative.comparisonTitle(comparison), &canvas)
    let rows = narrative.comparisonRows(comparison)
    for row in rows.prefix(Self.listLimit) {
      let counts = row.change == .new ? "\(row.live)" : "\(row.liveBefore) -> \(row.live)"
      canvas.labelled(
        row.change.rawValue,
        [
          .init(Self.padded(counts, to: 12), row.change <= .grown ? .strong : .plain),
          .init(Self.padded(Narrative.verdict(of: row), to: 10), role(row)), .init(row.title),
        ], column: Self.labelWidth, hanging: Self.labelWidth + 2)
    }
    more(rows.count - Self.listLimit, &canvas)
  }

  private func role(_ row: Report.Row) -> TextStyle.Role {
    switch row.verdict {
    case .leak where row.change <= .grown: .leak
    case .suspect where row.change <= .grown: .suspect
    default: .plain
    }
  }

  private static func padded(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(1, columns - text.count))
  }

  private func headlineRole(_ report: Report) -> TextStyle.Role {
    if report.siteCount(.leak) > 0 { return .leak }
    if report.siteCount(.suspect) > 0 || report.omitted.leaks > 0 { return .suspect }
    return report.wasSeenInFull ? .good : .suspect
  }

  func heading(_ title: String, _ canvas: inout TextCanvas) {
    canvas.blank()
    canvas.paragraph([.init(title, .strong)])
  }

  func list(
    _ title: String, _ lines: some RandomAccessCollection<String>, _ canvas: inout TextCanvas
  ) {
    guard !lines.isEmpty else { return }
    heading(title, &canvas)
    for line in lines.prefix(Self.listLimit) {
      canvas.paragraph([.init(line)], indent: 2, hanging: 4, width: style.measure)
    }
    more(lines.count - Self.listLimit, &canvas)
  }

  func more(_ count: Int, _ canvas: inout TextCanvas) {
    guard count > 0 else { return }
    canvas.paragraph([.init("+\(count) more; --format json lists all.", .faint)], indent: 2)
  }

  /// Sites that are no finding.
  private func briefly(
    _ sites: [Report.Site], _ narrative: Narrative, _ canvas: inout TextCanvas
  ) {
    for verdict in [Verdict.held, .clean] {
      let chosen = sites.filter { $0.verdict == verdict && !$0.isStandardStream }
      guard !chosen.isEmpty else { continue }
      heading(verdict == .held ? "Held, and likely intended" : "All closed", &canvas)
      let lines = narrative.briefly(chosen)
      for line in lines.prefix(Self.listLimit) {
        canvas.paragraph([.init(line)], indent: 2, hanging: 4)
      }
      more(lines.count - Self.listLimit, &canvas)
    }
  }

  private func processes(_ narrative: Narrative, _ canvas: inout TextCanvas) {
    let tree = narrative.processTree(atMost: Self.listLimit, folds: true)
    guard !tree.isEmpty else { return }
    heading("Processes", &canvas)
    let marks =
      style.usesUnicode
      ? (pass: "│ ", fork: "├ ", last: "└ ", none: "  ")
      : (pass: "|  ", fork: "|- ", last: "`- ", none: "   ")
    for line in tree {
      // Deep trees end at a column: what is left of the line is for text.
      let levels = line.follows.prefix(Self.treeLevels)
      var prefix = levels.dropLast().map { $0 ? marks.pass : marks.none }.joined()
      if line.depth > levels.count {
        prefix += "+\(line.depth - levels.count) "
      } else if let follows = levels.last {
        prefix += follows ? marks.fork : marks.last
      }
      canvas.paragraph(
        [.init(line.text)], indent: 2, hanging: prefix.count + 4, prefix: [.init(prefix, .faint)])
    }
    more(narrative.report.processes.count - tree.reduce(0) { $0 + $1.count }, &canvas)
  }
}
