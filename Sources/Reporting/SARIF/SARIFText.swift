/// Text from a trace as a plain text message of SARIF: nothing of it becomes a placeholder
/// (3.11.5) or a link (3.11.6), and nothing hides in it.
enum SARIFText {
  /// Unicode scalars of one message: as many as the longest command line that is recorded, twice.
  private static let limit = 8_192

  static func escaped(_ text: String) -> String {
    VisibleText.cut(VisibleText.escaped(text), to: limit)
      .replacing("{", with: "{{").replacing("}", with: "}}").replacing("](", with: #"\]("#)
  }

  /// Paragraphs of sentences; empty ones are left out.
  static func message(_ paragraphs: [[String]]) -> String {
    paragraphs.map { $0.map(escaped).joined(separator: " ") }.filter { !$0.isEmpty }
      .joined(separator: "\n")
  }
}
