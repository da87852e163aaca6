/// Text from a trace as Markdown: nothing in it becomes markup, HTML, a link or a mention.
enum MarkdownText {
  /// Escapes for running text.
  static func escaped(_ text: String) -> String {
    var out = ""
    // Scalars and not characters: `<` and a combining mark are one character, and still a `<`.
    for scalar in VisibleText.escaped(text).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      // GitHub makes people, issues and links of these.
      case "@": out += "&#64;"
      case "#": out += "&#35;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "$": out += "\\\(scalar)"
      // These are markup at the start of a line only.
      case "-", "+", "=", ":": out += out.isEmpty ? "\\\(scalar)" : "\(scalar)"
      default: out.unicodeScalars.append(scalar)
      }
    }
    if let end = out.firstIndex(where: { !$0.isNumber }), end != out.startIndex,
      out[end] == "." || out[end] == ")"
    {
      out.insert("\\", at: end)
    }
    return out.replacing("://", with: "&#58;//")
  }

  /// A code span; its fence is longer than any run of backticks inside.
  static func code(_ text: String) -> String {
    let text = VisibleText.escaped(text)
    let fence = String(repeating: "`", count: longestRun(in: text) + 1)
    let pad =
      text.isEmpty || text.utf8.first == UInt8(ascii: "`") || text.utf8.last == UInt8(ascii: "`")
      ? " " : ""
    return fence + pad + text + pad + fence
  }

  /// A table's cell with code in it: tables are split at bars before spans are found.
  static func codeCell(_ text: String) -> String {
    var out = ""
    for scalar in code(text).unicodeScalars {
      if scalar == "|" { out += "\\" }
      out.unicodeScalars.append(scalar)
    }
    return out
  }

  /// A fenced block; its fence is longer than any run of backticks inside.
  static func block(_ lines: [String], language: String = "text") -> String {
    let escaped = lines.map { VisibleText.escaped($0) }
    let fence = String(repeating: "`", count: max(3, (escaped.map(longestRun).max() ?? 0) + 1))
    return ([fence + language] + escaped + [fence]).joined(separator: "\n") + "\n"
  }

  private static func longestRun(in text: String) -> Int {
    var longest = 0
    var run = 0
    for scalar in text.unicodeScalars {
      run = scalar == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
