extension MarkdownRenderer {
  /// What became of an earlier run's sites.
  func table(_ comparison: Report.Comparison, _ narrative: Narrative) -> Piece {
    var text = "\n" + MarkdownText.escaped(narrative.comparisonTitle(comparison)) + "\n"
    let rows = narrative.comparisonRows(comparison)
    guard !rows.isEmpty else { return Piece(weight: .always, text: text) }
    text += "\n| change | before | now | verdict | what | fingerprint |\n"
    text += "|---|--:|--:|---|---|---|\n"
    for row in rows.prefix(Self.listLimit) {
      let cells = [
        row.change <= .grown ? "**\(row.change.rawValue)**" : row.change.rawValue,
        "\(row.liveBefore)", "\(row.live)", Narrative.verdict(of: row),
        MarkdownText.escaped(row.title), MarkdownText.codeCell(row.fingerprint),
      ]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    if rows.count > Self.listLimit {
      text += "\n+\(rows.count - Self.listLimit) more; the JSON report lists all.\n"
    }
    return Piece(weight: .site, text: text)
  }
}
