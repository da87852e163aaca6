/// Columns of text side by side; what is too long for its column goes on below.
struct TextTable {
  private let rows: [[[Substring]]]
  private let widths: [Int]
  private static let gap = 2

  /// Fits into `width` columns as long as that is 9 for each column at least. Cells are
  /// escaped here; missing ones are empty.
  init(_ cells: [[String]], width: Int, asciiOnly: Bool) {
    let count = cells.map(\.count).max() ?? 0
    let escaped = cells.map { row in
      row.map { VisibleText.escaped($0, asciiOnly: asciiOnly) }
    }
    let widths = Self.widths(
      of: (0..<count).map { column in escaped.map { column < $0.count ? $0[column] : "" } },
      in: width - Self.gap * max(0, count - 1))
    self.widths = widths
    rows = escaped.map { row in
      (0..<count).map { column in
        column < row.count ? Self.wrapped(row[column], to: max(1, widths[column])) : []
      }
    }
  }

  /// The lines of each row.
  var lines: [[String]] {
    rows.map { cells in
      (0..<max(1, cells.map(\.count).max() ?? 1)).map { line in
        var text = ""
        var column = 0
        for (index, cell) in cells.enumerated() {
          if line < cell.count {
            text +=
              String(repeating: " ", count: max(0, column - VisibleText.width(text))) + cell[line]
          }
          column += widths[index] + Self.gap
        }
        return text
      }
    }
  }

  /// Words that are longer than this may be broken.
  private static let longWord = 20

  /// Columns that are no wider than this stay whole.
  private static let shortColumn = 12

  /// Each column as wide as its longest word, or whole when it is short; and the rest of the room
  /// one by one to the column that needs it most.
  private static func widths(of columns: [[String]], in room: Int) -> [Int] {
    let wanted = columns.map { cells in cells.map(VisibleText.width).max() ?? 0 }
    var widths = zip(columns, wanted).map { cells, wanted in
      if wanted <= shortColumn { return max(1, wanted) }
      let words = cells.lazy.flatMap { $0.split(separator: " ") }
      return max(1, min(longWord, words.map { VisibleText.width(String($0)) }.max() ?? 0))
    }
    while widths.reduce(0, +) > room,
      let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > 1
    {
      widths[widest] -= 1
    }
    while widths.reduce(0, +) < room,
      let tightest = widths.indices.max(by: {
        wanted[$0] * widths[$1] < wanted[$1] * widths[$0]
      }), wanted[tightest] > widths[tightest]
    {
      widths[tightest] += 1
    }
    return widths
  }

  /// Breaks between words, and inside of words that are wider than a line.
  private static func wrapped(_ text: String, to width: Int) -> [Substring] {
    var lines: [Substring] = []
    var rest = text[...]
    while !rest.isEmpty {
      var (used, end, lastSpace) = (0, rest.startIndex, rest.startIndex)
      while end < rest.endIndex {
        let size = VisibleText.width(String(rest[end]))
        // One character at least, however wide.
        if used + size > width, end != rest.startIndex { break }
        if rest[end] == " " { lastSpace = end }
        used += size
        end = rest.index(after: end)
      }
      if end < rest.endIndex, rest[end] != " ", lastSpace != rest.startIndex { end = lastSpace }
      lines.append(rest[..<end])
      rest = rest[end...].drop { $0 == " " }
    }
    return lines
  }
}

extension TextCanvas {
  /// Sets a table; its first row is a header.
  mutating func table(_ cells: [[String]], indent: Int) {
    let table = TextTable(
      cells, width: style.width - indent, asciiOnly: !style.usesUnicode)
    for (number, row) in table.lines.enumerated() {
      for line in row { paragraph([.init(line, number == 0 ? .label : .plain)], indent: indent) }
    }
  }
}
