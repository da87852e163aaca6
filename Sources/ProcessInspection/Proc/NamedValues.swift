/// Reads files of lines `Name:  value`.
package enum NamedValues {
  /// The value of the first line with that name, without the space around it.
  package static func value(_ name: String, in text: String) -> Substring? {
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":"), line[..<colon] == name else { continue }
      return trimmed(line[line.index(after: colon)...])
    }
    return nil
  }

  static func trimmed(_ text: Substring) -> Substring {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return start[...last]
  }
}
