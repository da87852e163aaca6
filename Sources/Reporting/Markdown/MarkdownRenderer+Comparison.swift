extension MarkdownRenderer {
  /// What became of an earlier run's sites.
  func table(_ comparison: Report.Comparison, _ narrative: Narrative) -> String {
    var text = "\n" + sentence(narrative.comparisonTitle(comparison)) + "\n"
    let rows = narrative.comparisonRows(comparison)
    guard !rows.isEmpty else { return text }
    text += "\n| change | before | now | verdict | what | fingerprint |\n"
    text += "|---|--:|--:|---|---|---|\n"
    for row in rows.prefix(Self.listLimit) {
      let cells = [
        row.change <= .grown ? "**\(row.change.rawValue)**" : row.change.rawValue,
        "\(row.liveBefore)", "\(row.live)", Narrative.verdict(of: row),
        sentence(row.title), MarkdownText.codeCell(row.fingerprint),
      ]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    if rows.count > Self.listLimit {
      text += "\n+\(rows.count - Self.listLimit) more; the JSON report lists all.\n"
    }
    return text
  }
}
