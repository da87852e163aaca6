extension TextRenderer {
  /// The table of what started programs keep, then what is to be said about its lines.
  func inheritance(_ narrative: Narrative, _ canvas: inout TextCanvas) {
    let kept = narrative.inheritance
    guard !kept.isEmpty else { return }
    heading("Kept by started programs", &canvas)
    let shown = kept.prefix(Self.listLimit)
    canvas.table([Narrative.keptColumns] + shown.map(\.cells), indent: 2)
    more(kept.count - shown.count, &canvas)
    let accused = shown.filter { !$0.advice.isEmpty }
    if !accused.isEmpty { canvas.blank() }
    for line in accused {
      canvas.paragraph([.init(line.sentence)], indent: 2, hanging: 4, width: style.measure)
      for advice in line.advice {
        canvas.paragraph(
          [.init(advice, .strong)], indent: 4, hanging: 12,
          prefix: [.init("change", .label), .init("  ")], width: style.measure)
      }
    }
  }
}
