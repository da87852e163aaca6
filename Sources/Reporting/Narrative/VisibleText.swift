/// Makes text from a trace safe to show: whatever could move a cursor, change a terminal's
/// state, reorder or hide text is written out as `\u{1b}` and the like.
public enum VisibleText {
  /// Escapes for a terminal; with `asciiOnly` everything beyond ASCII too.
  public static func escaped(_ text: String, asciiOnly: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: { isUnsafe($0) || (asciiOnly && !$0.isASCII) })
    else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case _ where isUnsafe(scalar) || (asciiOnly && !scalar.isASCII):
        out += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// `limit` Unicode scalars at most, three or more; what is longer ends in dots. Characters would
  /// be no limit, as one may be of any number of scalars.
  static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end != scalars.endIndex
    else { return text }
    return String(scalars[..<scalars.index(end, offsetBy: -3)]) + "..."
  }

  /// Controls, bidirectional and other invisible formatting, line separators, private use,
  /// and code points that no standard assigns.
  static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
      .unassigned:
      return true
    default:
      return false
    }
  }

  /// Columns that text takes on a terminal: two for East Asian wide characters and emoji, none
  /// for combining marks.
  public static func width(_ text: String) -> Int {
    text.utf8.count == text.unicodeScalars.count
      ? text.utf8.count : text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  static func width(_ scalar: Unicode.Scalar) -> Int {
    if scalar.isASCII { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3,
      0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f,
      0x1f680...0x1f6ff, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
      return 2
    default: return 1
    }
  }
}
