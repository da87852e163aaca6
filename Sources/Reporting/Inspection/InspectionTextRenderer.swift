import ProcessInspection

/// Sets an inspection for a terminal: the verdict, the groups, what is likely wrong, and then
/// the descriptors one by one.
public struct InspectionTextRenderer: Sendable {
  let style: TextStyle
  /// Each descriptor of each group, not only the first few.
  let listsAll: Bool

  /// Groups, and descriptors of one, before "+N more": so that the first screen is whole.
  static let groupLimit = 12
  static let descriptorLimit = 5
  static let findingLimit = 10

  public init(style: TextStyle = TextStyle(), listsAll: Bool = false) {
    self.style = style
    self.listsAll = listsAll
  }

  /// Returns the text with a final newline. No line is wider than the style's width.
  public func render(_ inspection: Inspection) -> String {
    let narrative = InspectionNarrative(inspection)
    var canvas = TextCanvas(style: style)
    canvas.paragraph([.init(narrative.headline, headlineRole(inspection))])
    if let growth = narrative.growth { canvas.paragraph([.init(growth, .strong)]) }
    for line in narrative.context { canvas.paragraph([.init(line, .faint)], hanging: 2) }
    groups(narrative, &canvas)
    list("Findings", inspection.findings.map(narrative.sentence), Self.findingLimit, &canvas)
    growth(narrative, &canvas)
    list("Not seen", inspection.unseen.map(narrative.sentence), Self.findingLimit, &canvas)
    descriptors(narrative, &canvas)
    return canvas.text
  }

  private func headlineRole(_ inspection: Inspection) -> TextStyle.Role {
    let names = inspection.findings.map(\.name)
    if names.contains("near_limit") || names.contains("growing") { return .leak }
    if !names.isEmpty || inspection.descriptors == nil { return .suspect }
    return .good
  }

  private func heading(_ title: String, _ canvas: inout TextCanvas) {
    canvas.blank()
    canvas.paragraph([.init(title, .strong)])
  }

  private func more(_ count: Int, _ canvas: inout TextCanvas, indent: Int = 2) {
    guard count > 0 else { return }
    canvas.paragraph([.init("+\(count) more; --all lists them.", .faint)], indent: indent)
  }

  private func limit(_ limit: Int) -> Int { listsAll ? .max : limit }

  private func list(
    _ title: String, _ lines: [String], _ most: Int, _ canvas: inout TextCanvas
  ) {
    guard !lines.isEmpty else { return }
    heading(title, &canvas)
    for line in lines.prefix(limit(most)) {
      canvas.paragraph([.init(line)], indent: 2, hanging: 4)
    }
    more(lines.count - limit(most), &canvas)
  }

  private func groups(_ narrative: InspectionNarrative, _ canvas: inout TextCanvas) {
    let rows = narrative.groupRows
    guard rows.count > 1 else { return }
    canvas.blank()
    canvas.table(Array(rows.prefix(listsAll ? .max : Self.groupLimit + 1)), indent: 2)
    more(rows.count - 1 - limit(Self.groupLimit), &canvas)
  }

  private func growth(_ narrative: InspectionNarrative, _ canvas: inout TextCanvas) {
    let rows = narrative.growthRows
    guard !rows.isEmpty || narrative.turnover != nil else { return }
    heading("Change", &canvas)
    if rows.count > 1 { canvas.table(Array(rows.prefix(Self.groupLimit)), indent: 2) }
    if let turnover = narrative.turnover {
      canvas.paragraph([.init(turnover)], indent: 2, hanging: 4)
    }
  }

  /// Group by group, in their order.
  private func descriptors(_ narrative: InspectionNarrative, _ canvas: inout TextCanvas) {
    let members = Dictionary(
      grouping: narrative.inspection.descriptors ?? [], by: \.groupKey)
    for group in narrative.inspection.groups {
      let descriptors = members[group.key] ?? []
      heading("\(InspectionNarrative.name(of: group.key)) (\(group.count))", &canvas)
      for descriptor in descriptors.prefix(limit(Self.descriptorLimit)) {
        let label = "fd \(descriptor.fd)"
        canvas.labelled(
          label, [.init(narrative.line(descriptor))], column: max(11, label.count + 4),
          mark: "", hanging: 11)
      }
      more(descriptors.count - limit(Self.descriptorLimit), &canvas)
    }
  }
}
