/// Writes XML 1.0 as it comes, in blocks: two spaces for a level.
///
/// Names are the writer's own. Text is escaped here, and has no character that XML 1.0 (2.2)
/// does not allow, nor one that hides: `VisibleText` writes those out.
struct XMLWriter {
  /// Takes what was written; false: no more is wanted.
  typealias Output = (UnsafeRawBufferPointer) -> Bool

  private let output: Output
  private var bytes: [UInt8] = []
  private var level = 0
  /// Nobody wants more: long lists may end.
  private(set) var isStopped = false

  /// What is handed on at once.
  private static let blockSize = 1 << 16

  init(to output: @escaping Output) {
    self.output = output
    bytes.reserveCapacity(Self.blockSize + (1 << 12))
    add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
  }

  /// An element of elements.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
    _ content: (inout XMLWriter) -> Void
  ) {
    open(name, attributes)
    add(">\n")
    level += 1
    content(&self)
    level -= 1
    indent()
    close(name)
  }

  /// An element of lines of text, or of nothing.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
    text lines: [String] = []
  ) {
    open(name, attributes)
    guard !lines.isEmpty else { return add("/>\n") }
    add(">")
    for (number, line) in lines.enumerated() {
      if number > 0 { add("\n") }
      escape(line)
    }
    close(name)
  }

  /// Hands on the rest.
  mutating func end() { flush() }

  private mutating func open(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>
  ) {
    indent()
    add("<")
    add(name)
    for case (let key, let value?) in attributes {
      add(" ")
      add(key)
      add("=\"")
      escape(value)
      add("\"")
    }
  }

  private mutating func close(_ name: StaticString) {
    add("</")
    add(name)
    add(">\n")
    if bytes.count >= Self.blockSize { flush() }
  }

  private mutating func indent() { for _ in 0..<level { add("  ") } }

  private mutating func add(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func escape(_ text: String) {
    for byte in VisibleText.escaped(text).utf8 {
      switch byte {
      case UInt8(ascii: "&"): add("&amp;")
      case UInt8(ascii: "<"): add("&lt;")
      case UInt8(ascii: ">"): add("&gt;")
      case UInt8(ascii: "\""): add("&quot;")
      default: bytes.append(byte)
      }
    }
  }

  private mutating func flush() {
    if !isStopped { isStopped = !bytes.withUnsafeBytes(output) }
    bytes.removeAll(keepingCapacity: true)
  }
}
