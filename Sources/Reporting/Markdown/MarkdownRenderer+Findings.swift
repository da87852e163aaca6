extension MarkdownRenderer {
  /// What tickets are found and matched by: a row for each finding, the worst first.
  func findings(_ sites: [Report.Site], _ narrative: Narrative) -> String {
    guard !sites.isEmpty else { return "" }
    var text = "\n| verdict | open | what | rate | fingerprint |\n|---|--:|---|---|---|\n"
    for site in sites.prefix(Self.listLimit) {
      let verdict = site.verdict.rawValue
      let cells = [
        site.verdict == .leak ? "**\(verdict)**" : verdict, Narrative.count(of: site),
        MarkdownText.escaped(VisibleText.cut(Narrative.subject(of: site), to: 300)),
        narrative.shortRate(of: site) ?? "", MarkdownText.codeCell(site.fingerprint),
      ]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    if sites.count > Self.listLimit {
      text += "\n+\(sites.count - Self.listLimit) more; the JSON report lists all.\n"
    }
    return text
  }
}
