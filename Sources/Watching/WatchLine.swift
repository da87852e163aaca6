import Reporting

/// One line of a screen: text of several roles, no wider than the screen. Text is escaped here,
/// so nothing from a trace gets past.
public struct WatchLine: Equatable, Sendable {
  /// What a piece of text is, apart from how it looks.
  public enum Role: Sendable {
    case plain, strong, faint, label, good, warning, alarm
  }

  /// A piece of text of one role, escaped.
  public struct Span: Equatable, Sendable {
    public var text: String
    public var role: Role
  }

  public private(set) var spans: [Span] = []
  /// The row that the cursor is on.
  public var isChosen = false
  let columns: Int
  private let usesUnicode: Bool
  private(set) var width = 0

  init(columns: Int, usesUnicode: Bool) {
    (self.columns, self.usesUnicode) = (columns, usesUnicode)
  }

  /// No column is left.
  public var isFull: Bool { width >= columns }

  /// Without roles.
  public var text: String { spans.map(\.text).joined() }

  /// Adds text, cut at the line's end.
  mutating func add(_ text: String, _ role: Role = .plain) {
    var kept = ""
    var size = 0
    // Without an end to what is looked at, a long name would cost what it is long.
    for character in VisibleText.escaped(
      String(text.prefix(columns - width + 1)), asciiOnly: !usesUnicode)
    {
      let more = VisibleText.width(String(character))
      if width + size + more > columns { break }
      kept.append(character)
      size += more
    }
    guard !kept.isEmpty else { return }
    width += size
    if let last = spans.indices.last, spans[last].role == role {
      spans[last].text += kept
    } else {
      spans.append(Span(text: kept, role: role))
    }
  }

  /// Adds text that ends at a column, or begins here when it is too long for that.
  mutating func add(_ text: String, endingAt column: Int, _ role: Role = .plain) {
    pad(to: column - VisibleText.width(text))
    add(text, role)
  }

  mutating func pad(to column: Int) {
    if column > width { add(String(repeating: " ", count: min(column, columns) - width)) }
  }
}
