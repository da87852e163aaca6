extension MarkdownRenderer {
  /// The table of what started programs keep, then what is to be said about its lines.
  func inheritance(_ narrative: Narrative) -> String {
    let kept = narrative.inheritance
    guard !kept.isEmpty else { return "" }
    var text = "\n## Kept by started programs\n\n"
    text += "| " + Narrative.keptColumns.joined(separator: " | ") + " |\n|---|--:|---|---|---|\n"
    for line in kept.prefix(Self.listLimit) {
      let cells = line.cells.map { MarkdownText.escaped(VisibleText.cut($0, to: 200)) }
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    let hidden = kept.count - Self.listLimit
    if hidden > 0 { text += "\n+\(hidden) more; the JSON report lists all.\n" }
    let accused = kept.filter { !$0.advice.isEmpty }
    if !accused.isEmpty {
      text += "\n" + bullets(accused.map { $0.sentence + " " + $0.advice.joined(separator: " ") })
    }
    return text
  }
}
