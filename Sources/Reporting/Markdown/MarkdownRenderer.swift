import LeakAnalysis

/// Renders a report as GitHub-flavoured Markdown, for tickets and job summaries: the findings
/// in a table, each in a section with its details folded, then the run and how to repeat it.
public struct MarkdownRenderer: Sendable {
  /// What GitHub takes as the body of an issue or comment, here counted in UTF-8 bytes.
  public static let gitHubLimit = 65_536

  let limit: Int
  /// Items of one list before "+N more".
  static let listLimit = 50
  /// Sites that are told in full.
  static let siteLimit = 1000
  /// Sites whose details are cut late.
  private static let firstSites = 3
  /// Scalars of a sentence from a trace, which may hold names of any length.
  static let sentenceLimit = 600

  public init(limit: Int = MarkdownRenderer.gitHubLimit) { self.limit = limit }

  /// Returns the document, cut to the limit: what is least important first. A cut document says
  /// what it lacks.
  public func render(_ report: Report) -> String {
    let narrative = Narrative(report)
    let full = report.sites.filter { site in
      site.verdict != .clean && (site.verdict <= .suspect || report.includesAll)
        && !narrative.isKnown(site)
    }
    var document = MarkdownDocument()
    document.append(.head, header(narrative))
    document.append(.summary, findings(full, narrative))
    if let comparison = report.comparison {
      document.append(.comparison, table(comparison, narrative))
    }
    // More never fit.
    for (index, site) in full.prefix(Self.siteLimit).enumerated() {
      document.append(.site, section(site, narrative))
      document.append(
        index < Self.firstSites ? .firstDetails : .details, details(of: site, narrative))
    }
    if full.count > Self.siteLimit {
      document.append(.head, "\n+\(full.count - Self.siteLimit) more call sites.\n")
    }
    document.append(
      .known, list("Known from the baseline", narrative.knownFindings))
    document.append(.kept, inheritance(narrative))
    document.append(.held, held(report, narrative))
    document.append(
      .clean, list("All closed", report.sites(.clean).map { narrative.title(of: $0) + "." }))
    document.append(.marks, list("By mark", narrative.markSummary))
    document.append(.misuse, list("Wrong closes and uses", narrative.misuse))
    document.append(.processes, tree(narrative))
    document.append(.coverage, list("Coverage", narrative.coverage))
    document.append(.suppressions, list("Unused suppressions", narrative.unusedSuppressions))
    document.append(.environment, environment(narrative))
    document.append(.reproduction, reproduction(narrative))
    return document.text(
      limit: limit, complete: "The text and JSON reports of the same trace have it.")
  }

  private func header(_ narrative: Narrative) -> String {
    var text = "# \(sentence(narrative.headline))\n"
    for (index, line) in narrative.context.enumerated() {
      let line = VisibleText.cut(line, to: 300)
      text += "\n" + (index == 0 ? MarkdownText.code(line) : MarkdownText.escaped(line)) + "  "
    }
    text += "\n"
    if let history = narrative.history {
      let (unknown, known) = history.line.drawn(in: 60, .blocks)
      text += "\nOpen fds over time: \(MarkdownText.code(unknown + known))  \n"
      text += sentence(history.facts.joined(separator: " ")) + "\n"
    }
    return text
  }

  func sentence(_ text: String) -> String {
    MarkdownText.escaped(VisibleText.cut(text, to: Self.sentenceLimit))
  }

  func list(_ title: String, _ lines: some RandomAccessCollection<String>) -> String {
    lines.isEmpty ? "" : "\n## \(title)\n\n" + bullets(lines)
  }

  func bullets(_ lines: some RandomAccessCollection<String>) -> String {
    var text = lines.prefix(Self.listLimit).map { "- \(sentence($0))\n" }.joined()
    if lines.count > Self.listLimit {
      text += "- +\(lines.count - Self.listLimit) more; the JSON report lists all.\n"
    }
    return text
  }

  /// Sites that are no finding.
  private func held(_ report: Report, _ narrative: Narrative) -> String {
    guard !report.includesAll else { return "" }
    return list("Held, and likely intended", narrative.briefly(report.heldSites))
  }

  private func tree(_ narrative: Narrative) -> String {
    let tree = narrative.processTree(atMost: Self.listLimit * 2, folds: true)
    let lines = tree.map { line in
      let deeper = line.depth - line.follows.count
      return String(repeating: "  ", count: line.follows.count) + (deeper > 0 ? "+\(deeper) " : "")
        + VisibleText.cut(line.text, to: Self.sentenceLimit)
    }
    guard !lines.isEmpty else { return "" }
    let hidden = narrative.report.processes.count - tree.reduce(0) { $0 + $1.count }
    let block = MarkdownText.block(lines + (hidden > 0 ? ["+\(hidden) more"] : []))
    return "\n" + details("Processes", block)
  }

  func details(_ summary: String, _ body: String) -> String {
    "<details><summary>\(summary)</summary>\n\n\(body)\n</details>\n"
  }

  private func environment(_ narrative: Narrative) -> String {
    let table = narrative.environment.map { row in
      let value = VisibleText.cut(row.value, to: 1_000)
      return "| \(row.name) | \(MarkdownText.codeCell(value)) |\n"
    }
    return "\n## Environment\n\n| | |\n|---|---|\n" + table.joined()
  }

  private func reproduction(_ narrative: Narrative) -> String {
    guard let lines = narrative.reproduction else { return "" }
    return "\n## How to reproduce\n\n" + MarkdownText.block(lines, language: "sh")
      + "\nVariables of the environment and input are not in a trace.\n"
  }
}
