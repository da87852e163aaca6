extension TextRenderer {
  /// Findings named below a program before "+N more".
  private static let findingLimit = 5

  /// Renders what became of each program, a line or a few for each.
  public func renderSummary(_ report: ProgramsReport) -> String {
    let narrative = ProgramsNarrative(report)
    var canvas = TextCanvas(style: style)
    let isBad = report.programs.contains { $0.status == .leak }
    canvas.paragraph([.init(narrative.headline, isBad ? .leak : report.isLossy ? .suspect : .good)])
    let rows = narrative.rows
    let full = rows.count { $0.leakedDescriptors + $0.suspectDescriptors > 0 }
    let shown = rows.prefix(min(full, Self.siteLimit) + Self.listLimit)
    if !shown.isEmpty { canvas.blank() }
    for program in shown {
      let label = ProgramsNarrative.label(of: program)
      let role: TextStyle.Role =
        switch program.status {
        case .leak: .leak
        case .pass: .good
        case .incomplete, .untraced: .suspect
        }
      let gap = String(repeating: " ", count: max(2, Self.labelWidth - label.count))
      canvas.paragraph(
        [.init(label, role), .init(gap), .init(ProgramsNarrative.describe(program), .strong)],
        hanging: Self.labelWidth)
      let findings = ProgramsNarrative.findings(of: program)
      for finding in findings.prefix(Self.findingLimit) {
        canvas.paragraph(
          [.init(finding)], indent: Self.labelWidth, hanging: Self.labelWidth + 2)
      }
      let hidden = findings.count - Self.findingLimit
      if hidden > 0 {
        canvas.paragraph([.init("+\(hidden) more", .faint)], indent: Self.labelWidth)
      }
    }
    more(rows.count - shown.count, &canvas)
    list("Unused suppressions", narrative.unusedSuppressions, &canvas)
    return canvas.text
  }

  /// The summary, then the report of each program that has findings.
  public func render(_ report: ProgramsReport) -> String {
    var text = renderSummary(report)
    for program in report.withFindings.prefix(Self.siteLimit) {
      var canvas = TextCanvas(style: style)
      canvas.blank()
      canvas.paragraph([.init(String(repeating: style.usesUnicode ? "─" : "-", count: 60), .faint)])
      text += canvas.text + render(program.report)
    }
    return text
  }
}
