/// Text from a trace as words of a shell's command line: nothing in it is run or expanded.
enum ShellText {
  /// A command line, with each argument as it is.
  static func command(_ arguments: [String]) -> String {
    arguments.map(word).joined(separator: " ")
  }

  /// A file name that is not taken for an option.
  static func path(_ text: String) -> String { word(text.hasPrefix("-") ? "./" + text : text) }

  /// One word: as it is where that is plain, in quotes, or, with what cannot be seen in it, in
  /// `$'…'` (POSIX.1-2024, 2.2.4), whose escapes are bytes.
  static func word(_ text: String) -> String {
    if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
    guard text.unicodeScalars.contains(where: VisibleText.isUnsafe) else {
      return "'" + text.replacing("'", with: #"'\''"#) + "'"
    }
    var word = "$'"
    for scalar in text.unicodeScalars {
      if scalar == "'" || scalar == "\\" {
        word += "\\\(scalar)"
      } else if VisibleText.isUnsafe(scalar) {
        for byte in String(scalar).utf8 { word += octal(byte) }
      } else {
        word.unicodeScalars.append(scalar)
      }
    }
    return word + "'"
  }

  /// Three digits: more hexadecimal ones could follow.
  private static func octal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 8)
    return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_-./:,+@%=".utf8.contains(byte)
    }
  }
}
