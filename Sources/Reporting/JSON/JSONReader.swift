/// Reads JSON (RFC 8259) as it comes, from a source that nobody vouches for: nothing is kept but
/// what is asked for, nesting and strings are bounded, and errors carry byte offsets.
///
/// Each call reads one value: `object` and `array` hand the reader on for what is inside, and
/// what is not wanted is for `skip`.
struct JSONReader {
  /// Levels of nesting.
  static let depthLimit = 64

  private let source: () throws(JSONReadError) -> [UInt8]
  private var buffer: [UInt8] = []
  private var position = 0
  /// Of `buffer` in the source.
  private var base = 0
  private var depth = 0

  /// `source` returns the next bytes, none at the end.
  init(_ source: @escaping () throws(JSONReadError) -> [UInt8]) { self.source = source }

  /// The offset of what is read next.
  var offset: Int { base + position }

  // MARK: Values

  /// Reads an object; `member` reads the value of each key. Keys are cut at 64 bytes.
  mutating func object(
    _ member: (inout JSONReader, String) throws(JSONReadError) -> Void
  ) throws(JSONReadError) {
    try open("{", what: "an object")
    if try close("}") { return }
    repeat {
      try skipBlanks()
      let key = try text(limit: 64)
      try expect(":")
      try member(&self, key)
    } while try continues(until: "}")
  }

  /// Reads an array; `element` reads each value.
  mutating func array(
    _ element: (inout JSONReader) throws(JSONReadError) -> Void
  ) throws(JSONReadError) {
    try open("[", what: "a list")
    if try close("]") { return }
    repeat { try element(&self) } while try continues(until: "]")
  }

  /// Reads a string, cut at `limit` bytes; nil for a value of another type.
  mutating func string(limit: Int) throws(JSONReadError) -> String? {
    guard try peek() == UInt8(ascii: "\"") else {
      try skip()
      return nil
    }
    return try text(limit: limit)
  }

  /// True when an object comes next.
  var isObject: Bool { mutating get throws(JSONReadError) { try peek() == UInt8(ascii: "{") } }

  /// Reads a whole number that is not negative; nil for any other value.
  mutating func count() throws(JSONReadError) -> UInt64? {
    guard Self.digits.contains(try peek() ?? 0) else {
      try skip()
      return nil
    }
    return UInt64(try literal())
  }

  /// Reads a value and drops it.
  mutating func skip() throws(JSONReadError) {
    switch try peek() {
    case UInt8(ascii: "{"):
      try object { (reader, _) throws(JSONReadError) in try reader.skip() }
    case UInt8(ascii: "["):
      try array { (reader) throws(JSONReadError) in try reader.skip() }
    case UInt8(ascii: "\""): _ = try text(limit: 0)
    default:
      let start = offset
      let literal = try literal()
      guard ["true", "false", "null"].contains(literal) || Double(literal) != nil else {
        throw JSONReadError("is not JSON", at: start)
      }
    }
  }

  /// Checks that nothing follows.
  mutating func end() throws(JSONReadError) {
    guard try peek() == nil else { throw JSONReadError("has more than one value", at: offset) }
  }

  // MARK: Tokens

  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

  private mutating func open(_ bracket: Unicode.Scalar, what: String) throws(JSONReadError) {
    guard try peek() == UInt8(ascii: bracket) else {
      throw JSONReadError("has something else where \(what) belongs", at: offset)
    }
    guard depth < Self.depthLimit else { throw JSONReadError("is nested too deeply", at: offset) }
    depth += 1
    position += 1
  }

  private mutating func close(_ bracket: Unicode.Scalar) throws(JSONReadError) -> Bool {
    guard try peek() == UInt8(ascii: bracket) else { return false }
    position += 1
    depth -= 1
    return true
  }

  /// Past a comma, or past the end.
  private mutating func continues(until bracket: Unicode.Scalar) throws(JSONReadError) -> Bool {
    if try close(bracket) { return false }
    try expect(",")
    return true
  }

  private mutating func expect(_ wanted: Unicode.Scalar) throws(JSONReadError) {
    try skipBlanks()
    let start = offset
    guard try next() == UInt8(ascii: wanted) else {
      throw JSONReadError("is not JSON: '\(wanted)' is missing", at: start)
    }
  }

  /// A number or a word.
  private mutating func literal() throws(JSONReadError) -> String {
    let start = offset
    var bytes: [UInt8] = []
    while let byte = try peekRaw(), Self.isLiteral(byte) {
      guard bytes.count < 64 else { throw JSONReadError("is not JSON", at: start) }
      bytes.append(byte)
      position += 1
    }
    guard !bytes.isEmpty else {
      throw try peekRaw() == nil ? ended : JSONReadError("is not JSON", at: start)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isLiteral(_ byte: UInt8) -> Bool {
    switch byte {
    case digits, UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// A string, of which `limit` bytes are kept. What is not UTF-8 becomes U+FFFD.
  private mutating func text(limit: Int) throws(JSONReadError) -> String {
    try expect("\"")
    var bytes: [UInt8] = []
    while true {
      let start = offset
      switch try next() {
      case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        let scalar = try escape(at: start)
        if bytes.count < limit { bytes += Array(String(scalar).utf8) }
      case 0..<0x20: throw JSONReadError("is not JSON: a string does not end", at: start)
      case let byte: if bytes.count < limit { bytes.append(byte) }
      }
    }
  }

  private mutating func escape(at start: Int) throws(JSONReadError) -> Unicode.Scalar {
    switch try next() {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"): return try unicode(at: start)
    case let byte where "\"\\/".utf8.contains(byte): return Unicode.Scalar(byte)
    default: throw JSONReadError("is not JSON: there is no such escape", at: start)
    }
  }

  /// After `\u`: one unit of UTF-16, or two where a second belongs to it.
  private mutating func unicode(at start: Int) throws(JSONReadError) -> Unicode.Scalar {
    let unit = try hexadecimal(at: start)
    guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) ?? "\u{fffd}" }
    guard try peekRaw() == UInt8(ascii: "\\") else { return "\u{fffd}" }
    position += 1
    guard try next() == UInt8(ascii: "u") else {
      throw JSONReadError("is not JSON: half of a character is missing", at: start)
    }
    let low = try hexadecimal(at: start)
    guard UTF16.isTrailSurrogate(low) else { return "\u{fffd}" }
    return UTF16.decode(UTF16.EncodedScalar([unit, low]))
  }

  private mutating func hexadecimal(at start: Int) throws(JSONReadError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(try next())).hexDigitValue else {
        throw JSONReadError("is not JSON: there is no such escape", at: start)
      }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  // MARK: Bytes

  /// The first byte of the next token; nil at the end.
  private mutating func peek() throws(JSONReadError) -> UInt8? {
    try skipBlanks()
    return try peekRaw()
  }

  private mutating func skipBlanks() throws(JSONReadError) {
    while let byte = try peekRaw(), [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
  }

  private mutating func next() throws(JSONReadError) -> UInt8 {
    guard let byte = try peekRaw() else { throw ended }
    position += 1
    return byte
  }

  private mutating func peekRaw() throws(JSONReadError) -> UInt8? {
    if position == buffer.count {
      base += buffer.count
      buffer = try source()
      position = 0
    }
    return position < buffer.count ? buffer[position] : nil
  }

  private var ended: JSONReadError {
    JSONReadError("ends too early; was it written to its end?", at: offset)
  }
}

/// Why a text is not the JSON that was wanted.
struct JSONReadError: Error, Equatable, CustomStringConvertible {
  /// What follows the file's name in a sentence.
  var problem: String
  /// Where, in bytes; nil when it is about the whole.
  var offset: Int?

  init(_ problem: String, at offset: Int? = nil) {
    self.problem = problem
    self.offset = offset
  }

  var description: String { problem + (offset.map { " (at byte \($0))" } ?? "") }
}
