/// The labels of a sample, as text: what is equal here is one series.
///
/// Names are constants of the renderer; values come from traces, and are shortened and escaped
/// here.
struct OpenMetricsLabels: Hashable, ExpressibleByArrayLiteral {
  /// More bytes of a value are cut: values are names for people, and a database keeps them with
  /// every series.
  static let longestValue = 200

  private(set) var text: String

  init(_ labels: [(name: String, value: String)]) {
    text = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
  }

  init(arrayLiteral labels: (name: String, value: String)...) { self.init(labels) }

  /// What may stand between the quotes: controls and invisible characters are written out as
  /// elsewhere, so that no newline is left, then what the format itself escapes.
  static func escaped(_ value: String) -> String {
    var out = ""
    for scalar in VisibleText.escaped(shortened(value)).unicodeScalars {
      if scalar == "\\" || scalar == "\"" { out += "\\" }
      out.unicodeScalars.append(scalar)
    }
    return out
  }

  private static func shortened(_ value: String) -> String {
    guard value.utf8.count > longestValue else { return value }
    var kept = ""
    for scalar in value.unicodeScalars {
      if kept.utf8.count + UTF8.width(scalar) > longestValue - 3 { break }
      kept.unicodeScalars.append(scalar)
    }
    return kept + "..."
  }
}
