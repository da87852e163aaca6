/// Text from a trace as HTML: visible, and never markup. Holds for the content of elements and
/// for attribute values in double quotes.
enum HTMLText {
  /// Scalars of one text before it is cut: names of symbols have no limit of their own.
  static let limit = 4096

  /// Escapes, after what cannot be seen was written out.
  static func escaped(_ text: String) -> String {
    let visible = VisibleText.escaped(cut(text, to: limit))
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

  /// Cuts text visibly. Scalars are counted, as one character may be of any length.
  static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end != scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "..."
  }
}
