/// Sets text into lines of a width. Text is escaped here, so nothing from a trace gets past.
struct TextCanvas {
  /// Text of one role.
  struct Span {
    var text: String
    var role: TextStyle.Role

    init(_ text: String, _ role: TextStyle.Role = .plain) {
      self.text = text
      self.role = role
    }
  }

  let style: TextStyle
  private(set) var text = ""
  private var line = Line()

  /// The line that is being filled.
  private struct Line {
    var runs: [Span] = []
    var column = 0
    /// Spaces that stand before the next word, unless that starts a line.
    var gap = 0
    var hasWords = false
    var width = 0

    mutating func append(_ text: some StringProtocol, _ role: TextStyle.Role, columns: Int) {
      column += columns
      if let last = runs.indices.last, runs[last].role == role {
        runs[last].text += text
      } else {
        runs.append(Span(String(text), role))
      }
    }

    mutating func pad(_ columns: Int, inside role: TextStyle.Role) {
      let role = runs.last?.role == role ? role : .plain
      append(String(repeating: " ", count: columns), role, columns: columns)
    }
  }

  init(style: TextStyle) { self.style = style }

  mutating func blank() { text += "\n" }

  /// Sets one paragraph: breaks between words, and inside of words that are wider than a line.
  ///
  /// `hanging` is the indent of all lines but the first. `prefix` is the renderer's own, one
  /// column for each character. `width` is that of the style when it is nil.
  mutating func paragraph(
    _ spans: [Span], indent: Int = 0, hanging: Int? = nil, prefix: [Span] = [],
    width: Int? = nil
  ) {
    line.width = min(width ?? style.width, style.width)
    let hanging = min(hanging ?? indent, line.width - 20)
    line.pad(indent, inside: .plain)
    for span in prefix { line.append(span.text, span.role, columns: span.text.count) }
    for span in spans {
      let escaped = VisibleText.escaped(span.text, asciiOnly: !style.usesUnicode)
      var isFirst = true
      for word in escaped.split(separator: " ", omittingEmptySubsequences: false) {
        if !isFirst { line.gap += 1 }
        isFirst = false
        if !word.isEmpty { set(word, span.role, hanging: hanging) }
      }
    }
    finishLine()
  }

  private mutating func set(_ word: Substring, _ role: TextStyle.Role, hanging: Int) {
    if line.hasWords, line.column + line.gap + VisibleText.width(String(word)) > line.width {
      startLine(hanging: hanging)
    }
    line.pad(line.gap, inside: role)
    line.gap = 0
    var rest = word
    while true {
      let (head, tail) = Self.split(rest, at: line.width - line.column)
      line.append(head, role, columns: VisibleText.width(String(head)))
      line.hasWords = true
      guard !tail.isEmpty else { return }
      rest = tail
      startLine(hanging: hanging)
    }
  }

  private mutating func startLine(hanging: Int) {
    let width = line.width
    finishLine()
    line.width = width
    line.pad(hanging, inside: .plain)
  }

  private mutating func finishLine() {
    for run in line.runs {
      if style.usesColor, let parameters = run.role.parameters,
        !run.text.allSatisfy({ $0 == " " })
      {
        text += "\u{1b}[\(parameters)m\(run.text)\u{1b}[0m"
      } else {
        text += run.text
      }
    }
    text += "\n"
    line = Line()
  }

  /// Splits after as many columns as fit, and after one character at least.
  private static func split(_ word: Substring, at columns: Int) -> (Substring, Substring) {
    var used = 0
    for index in word.indices {
      used += VisibleText.width(String(word[index]))
      if used > columns, index != word.startIndex { return (word[..<index], word[index...]) }
    }
    return (word, "")
  }
}

extension TextCanvas {
  /// Sets a paragraph that hangs from a label, with a mark between the two if there is one.
  mutating func labelled(
    _ label: String, _ spans: [Span], column: Int, mark: String = "", hanging: Int? = nil,
    width: Int? = nil
  ) {
    let padding = String(repeating: " ", count: max(1, column - 2 - label.count))
    paragraph(
      spans, indent: 2, hanging: hanging ?? column,
      prefix: [Span(label, .label), Span(padding), Span(mark, .focus)], width: width)
  }
}
