/// Writes JSON as it comes, so that a report of a large trace is never there as a
/// tree of values, nor as one text.
///
/// Members come out in the order in which they are written; who writes sorts them.
struct JSONWriter {
  /// Takes what was written; false: no more is wanted.
  typealias Output = (UnsafeRawBufferPointer) -> Bool

  enum Layout {
    /// For people, too: two spaces for a level, and a space around colons.
    case indented
    /// No line break inside of a document.
    case oneLine
  }

  private let output: Output
  private let layout: Layout
  /// What was written and not handed on yet.
  private let block = Block()
  private var used = 0
  private var level = 0
  /// Nothing was written yet on this level.
  private var isEmpty = true
  /// Nobody wants more: long lists may end.
  private(set) var isStopped = false

  /// What is handed on at once.
  private final class Block {
    static let size = 1 << 16
    let start = UnsafeMutablePointer<UInt8>.allocate(capacity: Block.size)

    deinit { start.deallocate() }
  }

  init(_ layout: Layout = .indented, to output: @escaping Output) {
    self.layout = layout
    self.output = output
  }

  // MARK: Structure

  mutating func object(_ members: (inout JSONWriter) -> Void) {
    nest("{", "}", members)
  }

  mutating func array<Element>(
    _ elements: some Sequence<Element>, _ element: (inout JSONWriter, Element) -> Void
  ) {
    nest("[", "]") { json in
      for value in elements {
        if json.isStopped { break }
        json.startItem()
        element(&json, value)
      }
    }
  }

  /// Starts a member, whose value is to be written next.
  mutating func key(_ key: StaticString) {
    startItem()
    add("\"")
    add(key)
    add("\"")
    colon()
  }

  /// Ends a document with a newline; another one may follow.
  mutating func endLine() { add("\n") }

  /// Ends the last document with a newline and hands on the rest.
  mutating func end() {
    endLine()
    flush()
  }

  // MARK: Values

  mutating func null() { add("null") }

  mutating func row(_ numbers: [some FixedWidthInteger]) {
    add("[")
    for (index, number) in numbers.enumerated() {
      if index > 0 { add(", ") }
      write(number)
    }
    add("]")
  }

  mutating func write(_ value: Bool) {
    if value { add("true") } else { add("false") }
  }

  mutating func write(_ value: some FixedWidthInteger) {
    if value < 0 { add("-") }
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { buffer in
      var rest = UInt64(value.magnitude)
      var start = buffer.count
      repeat {
        start -= 1
        buffer[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      add(UnsafeRawBufferPointer(rebasing: buffer[start...]))
    }
  }

  /// JSON has no infinities, and whole numbers need no fraction.
  mutating func write(_ value: Double) {
    guard value.isFinite else { return null() }
    let digits = value.description
    addText(digits.hasSuffix(".0") ? digits.dropLast(2) : digits[...])
  }

  /// Escapes what JSON must, and what a terminal or a reader's eye could be deceived by.
  mutating func write(_ value: String) {
    add("\"")
    var value = value
    let isPlain = value.withUTF8 { utf8 in
      let isPlain = utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
      if isPlain { add(UnsafeRawBufferPointer(utf8)) }
      return isPlain
    }
    if !isPlain { for scalar in value.unicodeScalars { escape(scalar) } }
    add("\"")
  }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): write(value)
    case .integer(let value): write(value)
    case .unsigned(let value): write(value)
    case .number(let value): write(value)
    case .string(let value): write(value)
    case .array(let values): array(values) { $0.write($1) }
    case .object(let values):
      object { json in
        for (key, value) in values.sorted(by: { $0.key < $1.key }) { json.member(key, value) }
      }
    }
  }

  /// A member whose key is not known before.
  mutating func member(_ key: String, _ value: JSONValue) {
    startItem()
    write(key)
    colon()
    write(value)
  }

  // MARK: Text

  private mutating func nest(
    _ opening: StaticString, _ closing: StaticString, _ body: (inout JSONWriter) -> Void
  ) {
    add(opening)
    level += 1
    let wasEmpty = isEmpty
    isEmpty = true
    body(&self)
    level -= 1
    if isEmpty, layout == .indented { add("\n") }
    isEmpty = wasEmpty
    newLine()
    add(closing)
  }

  private mutating func startItem() {
    if !isEmpty { add(",") }
    isEmpty = false
    newLine()
  }

  private mutating func colon() {
    switch layout {
    case .indented: add(" : ")
    case .oneLine: add(":")
    }
  }

  private mutating func newLine() {
    guard layout == .indented else { return }
    add("\n")
    var spaces = 2 * level
    while spaces > 0 {
      add(UnsafeRawBufferPointer(start: Self.spaces.utf8Start, count: min(spaces, 32)))
      spaces -= 32
    }
  }

  /// 32 of them.
  private static let spaces: StaticString = "                                "

  private mutating func add(_ text: StaticString) {
    add(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func addText(_ text: Substring) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while rest.count > Block.size - used {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Block.size - used))
      UnsafeMutableRawPointer(block.start + used).copyMemory(
        from: part.baseAddress ?? UnsafeRawPointer(block.start), byteCount: part.count)
      used += part.count
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
      flush()
    }
    guard let start = rest.baseAddress else { return }
    UnsafeMutableRawPointer(block.start + used).copyMemory(from: start, byteCount: rest.count)
    used += rest.count
  }

  private mutating func add(_ byte: UInt8) { withUnsafeBytes(of: byte) { add($0) } }

  private mutating func escape(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": add("\\\"")
    case "\\": add("\\\\")
    case "\n": add("\\n")
    case "\t": add("\\t")
    case "\r": add("\\r")
    case "\u{8}": add("\\b")
    case "\u{c}": add("\\f")
    case _ where VisibleText.isUnsafe(scalar):
      for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
        add("\\u")
        for shift in [12, 8, 4, 0] {
          let digit = UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 15
          add(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
      }
    default: for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { add(byte) }
    }
  }

  /// Hands on what was written.
  mutating func flush() {
    if !isStopped { isStopped = !output(UnsafeRawBufferPointer(start: block.start, count: used)) }
    used = 0
  }
}
