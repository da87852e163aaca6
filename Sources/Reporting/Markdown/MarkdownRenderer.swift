import LeakAnalysis

/// Renders a report as GitHub-flavoured Markdown, for tickets and job summaries.
public struct MarkdownRenderer: Sendable {
  /// What GitHub takes as the body of an issue or comment, here counted in UTF-8 bytes.
  public static let gitHubLimit = 65_536

  let limit: Int
  /// Items of one list before "+N more".
  static let listLimit = 50
  /// Sites that are told in full.
  static let siteLimit = 1000

  public init(limit: Int = MarkdownRenderer.gitHubLimit) { self.limit = limit }

  /// A part that is left out as a whole when the limit would be passed.
  struct Piece {
    enum Weight: Int, Comparable {
      case always, site, started, brief, context, details
      static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }
    var weight: Weight
    var text: String
  }

  /// Returns the document, cut to the limit: details first, then context, then the sites that
  /// rank last. A cut document says so.
  public func render(_ report: Report) -> String {
    let narrative = Narrative(report)
    var pieces = [Piece(weight: .always, text: header(narrative))]
    if let comparison = report.comparison { pieces.append(table(comparison, narrative)) }
    let full = report.sites.indices.filter { index in
      let site = report.sites[index]
      return site.verdict != .clean && (site.verdict <= .suspect || report.includesAll)
        && !narrative.isKnown(site)
    }
    // More never fit.
    for index in full.prefix(Self.siteLimit) { pieces += site(report.sites[index], narrative) }
    if full.count > Self.siteLimit {
      pieces.append(
        Piece(weight: .always, text: "\n+\(full.count - Self.siteLimit) more call sites.\n"))
    }
    pieces.append(
      list(
        "Known from the baseline", narrative.unchangedFindings.map(narrative.known),
        weight: .brief))
    pieces += brief(report, narrative)
    pieces.append(list("By mark", narrative.markSummary, weight: .started))
    pieces.append(inheritance(narrative))
    pieces.append(list("Wrong closes and uses", narrative.misuse, weight: .started))
    pieces.append(tree(narrative))
    pieces.append(
      list("Coverage", narrative.coverage.map { Narrative.cut($0, to: 500) }, weight: .always))
    pieces.append(
      list("Unused suppressions", narrative.unusedSuppressions, weight: .started))
    pieces.append(Piece(weight: .context, text: environment(narrative)))
    return fit(pieces.filter { !$0.text.isEmpty })
  }

  private func fit(_ pieces: [Piece]) -> String {
    var kept = pieces
    let notice =
      "\n> **This report is cut:** the least important parts were left out to stay below"
      + " \(limit) bytes. The text and JSON reports are complete.\n"
    var size = kept.reduce(0) { $0 + $1.text.utf8.count }
    guard size > limit else { return kept.map(\.text).joined() }
    size += notice.utf8.count
    // Of equal weight the last goes first: sites are in rank order.
    let order = kept.indices.filter { kept[$0].weight != .always }
      .sorted { (kept[$0].weight, $0) > (kept[$1].weight, $1) }
    for index in order where size > limit {
      size -= kept[index].text.utf8.count
      kept[index].text = ""
    }
    kept.insert(Piece(weight: .always, text: notice), at: min(1, kept.count))
    return kept.map(\.text).joined()
  }

  private func header(_ narrative: Narrative) -> String {
    var text = "# \(MarkdownText.escaped(narrative.headline))\n"
    for (index, line) in narrative.context.enumerated() {
      text += "\n" + (index == 0 ? MarkdownText.code(line) : MarkdownText.escaped(line)) + "  "
    }
    return text + "\n"
  }

  private func list(_ title: String, _ lines: [String], weight: Piece.Weight) -> Piece {
    guard !lines.isEmpty else { return Piece(weight: weight, text: "") }
    return Piece(weight: weight, text: "\n## \(title)\n\n" + bullets(lines))
  }

  func bullets(_ lines: [String]) -> String {
    var text = lines.prefix(Self.listLimit).map { "- \(MarkdownText.escaped($0))\n" }.joined()
    if lines.count > Self.listLimit {
      text += "- +\(lines.count - Self.listLimit) more; the JSON report lists all.\n"
    }
    return text
  }

  /// Sites that are no finding, a line each.
  private func brief(_ report: Report, _ narrative: Narrative) -> [Piece] {
    var pieces: [Piece] = []
    if !report.includesAll {
      let held = report.sites(.held).map { site in
        narrative.title(of: site) + (site.reasons.first.map { ". \($0.text)" } ?? ".")
      }
      pieces.append(list("Held, and likely intended", held, weight: .brief))
    }
    let clean = report.sites(.clean).map { narrative.title(of: $0) + "." }
    pieces.append(list("All closed", clean, weight: .brief))
    return pieces
  }

  private func tree(_ narrative: Narrative) -> Piece {
    let lines = narrative.processTree(atMost: Self.listLimit * 2).map { line in
      String(repeating: "  ", count: line.follows.count) + line.text
    }
    guard !lines.isEmpty else { return Piece(weight: .context, text: "") }
    let hidden = narrative.report.processes.count - lines.count
    let block = MarkdownText.block(lines + (hidden > 0 ? ["+\(hidden) more"] : []))
    return Piece(weight: .context, text: "\n" + details("Processes", block))
  }

  func details(_ summary: String, _ body: String) -> String {
    "<details><summary>\(summary)</summary>\n\n\(body)\n</details>\n"
  }

  private func environment(_ narrative: Narrative) -> String {
    let table = narrative.environment.map { row in
      "| \(row.name) | \(MarkdownText.codeCell(row.value)) |\n"
    }
    return "\n## Environment\n\n| | |\n|---|---|\n" + table.joined()
  }
}
