extension MarkdownRenderer {
  /// Renders what became of each program as a table.
  public func renderSummary(_ report: ProgramsReport) -> String {
    let narrative = ProgramsNarrative(report)
    let rows = narrative.rows
    var text = "# \(MarkdownText.escaped(narrative.headline))\n\n"
    text += "| status | program | findings |\n|---|---|---|\n"
    for program in rows.prefix(Self.siteLimit) {
      let findings = ProgramsNarrative.findings(of: program).prefix(Self.listLimit)
        .map(MarkdownText.escaped).joined(separator: "<br>")
      text +=
        "| \(ProgramsNarrative.label(of: program)) | "
        + "\(MarkdownText.escaped(ProgramsNarrative.describe(program))) | \(findings) |\n"
    }
    let hidden = rows.count - Self.siteLimit
    if hidden > 0 { text += "\n+\(hidden) more programs.\n" }
    return text
  }

  /// The summary, then the report of each program that has findings, as far as the limit goes.
  public func render(_ report: ProgramsReport) -> String {
    var text = renderSummary(report)
    var left = 0
    for program in report.withFindings {
      let room = limit - text.utf8.count
      let part = "\n---\n\n" + MarkdownRenderer(limit: max(room, 0)).render(program.report)
      if part.utf8.count <= room { text += part } else { left += 1 }
    }
    if left > 0 {
      text += "\n+\(left) more programs with findings; write each to a file of its own.\n"
    }
    return text
  }
}
