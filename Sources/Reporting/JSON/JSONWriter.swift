/// Writes JSON as it comes, so that a report of a large trace is never there as a
/// tree of values: with sorted keys, two spaces for a level, and a space around colons.
struct JSONWriter {
  private(set) var text = ""
  private var level = 0

  /// Writes an array of what `body` makes of each element, one after the other.
  mutating func array<Element>(
    _ elements: some Sequence<Element>, _ body: (Element) -> JSONValue
  ) {
    var isFirst = true
    text += "["
    level += 1
    for element in elements {
      separate(&isFirst)
      write(body(element))
    }
    close("]", isEmpty: isFirst)
  }

  /// Writes an object; each member writes its own value.
  mutating func object(_ members: [(key: String, write: (inout JSONWriter) -> Void)]) {
    var isFirst = true
    text += "{"
    level += 1
    for (key, write) in members.sorted(by: { $0.key < $1.key }) {
      separate(&isFirst)
      string(key)
      text += " : "
      write(&self)
    }
    close("}", isEmpty: isFirst)
  }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .number(let value): number(value)
    case .string(let value): string(value)
    case .array(let values): array(values) { $0 }
    case .object(let values):
      object(values.map { entry in (entry.key, { $0.write(entry.value) }) })
    }
  }

  private mutating func separate(_ isFirst: inout Bool) {
    if !isFirst { text += "," }
    isFirst = false
    newLine()
  }

  private mutating func close(_ bracket: String, isEmpty: Bool) {
    level -= 1
    if isEmpty { text += "\n" }
    newLine()
    text += bracket
  }

  /// The final newline of a document.
  mutating func end() { text += "\n" }

  private mutating func newLine() {
    text += "\n"
    for _ in 0..<level { text += "  " }
  }

  /// JSON has no infinities, and whole numbers need no fraction.
  private mutating func number(_ value: Double) {
    guard value.isFinite else { return write(.null) }
    let digits = value.description
    text += digits.hasSuffix(".0") ? digits.dropLast(2) : digits[...]
  }

  /// Escapes what JSON must, and what a terminal or a reader's eye could be deceived by.
  private mutating func string(_ value: String) {
    text += "\""
    if value.utf8.allSatisfy({ (0x20..<0x7f).contains($0) && $0 != 0x22 && $0 != 0x5c }) {
      text += value
    } else {
      for scalar in value.unicodeScalars { append(scalar) }
    }
    text += "\""
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\t": text += "\\t"
    case "\r": text += "\\r"
    case "\u{8}": text += "\\b"
    case "\u{c}": text += "\\f"
    case _ where VisibleText.isUnsafe(scalar):
      for unit in String(scalar).utf16 {
        let hex = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      }
    default: text.unicodeScalars.append(scalar)
    }
  }
}
