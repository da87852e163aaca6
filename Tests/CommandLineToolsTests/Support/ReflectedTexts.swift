/// Every text that a value holds, found by reflection, so that no member is forgotten.
struct ReflectedTexts {
  /// By `Type.member` of the innermost struct that has it.
  private(set) var texts: [String: [String]] = [:]
  /// Members that were nil or empty wherever they were met.
  var empty: Set<String> { emptied.subtracting(filled) }

  private var emptied: Set<String> = []
  private var filled: Set<String> = []

  init(of value: Any) { visit(value, as: "") }

  private mutating func visit(_ value: Any, as member: String) {
    if let text = value as? String {
      texts[member, default: []].append(text)
      filled.insert(member)
      return
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional, .collection, .set, .dictionary:
      if mirror.children.isEmpty { emptied.insert(member) } else { filled.insert(member) }
      for child in mirror.children { visit(child.value, as: member) }
    case .tuple:
      for child in mirror.children { visit(child.value, as: member) }
    default:
      let type = String(reflecting: mirror.subjectType)
        .replacing("Reporting.", with: "").replacing("Report.", with: "")
      for child in mirror.children { visit(child.value, as: "\(type).\(child.label ?? "")") }
    }
  }
}
