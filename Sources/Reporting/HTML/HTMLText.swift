/// Text from a trace as HTML: visible, and never markup. Holds for the content of elements and
/// for attribute values in double quotes.
enum HTMLText {
  /// Unicode scalars of one text: names of symbols have no limit of their own.
  static let limit = 4096

  /// Escapes, after what cannot be seen was written out.
  static func escaped(_ text: String) -> String {
    let visible = VisibleText.escaped(VisibleText.cut(text, to: limit))
    guard visible.utf8.contains(where: { entity($0) != nil }) else { return visible }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(visible.utf8.count + 32)
    // Bytes and not characters: `<` and a combining mark are one character, and still a `<`.
    for byte in visible.utf8 {
      if let entity = entity(byte) { bytes += entity.utf8 } else { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func entity(_ byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    default: nil
    }
  }
}
