import Foundation

@testable import Reporting

/// GitHub's own renderer of Markdown, Debian's cmark-gfm, as GitHub runs it before it
/// sanitizes.
enum CommonMark {
  static func html(_ markdown: String) throws -> RenderedPage {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("fdtrack-markdown-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (input, output) = (
      folder.appendingPathComponent("input.md"), folder.appendingPathComponent("output.html")
    )
    try Data(markdown.utf8).write(to: input)
    try Data().write(to: output)
    let cmark = Process()
    cmark.executableURL = URL(fileURLWithPath: "/usr/bin/cmark-gfm")
    cmark.arguments =
      ["--unsafe"] + ["table", "autolink", "strikethrough", "tagfilter"].flatMap { ["-e", $0] }
      + [input.path]
    cmark.standardOutput = try FileHandle(forWritingTo: output)
    try cmark.run()
    cmark.waitUntilExit()
    return RenderedPage(html: try String(contentsOf: output, encoding: .utf8))
  }
}

/// HTML as cmark-gfm writes it.
struct RenderedPage {
  let html: String

  /// Names of all tags, in order; those that end an element start with a slash.
  var tags: [String] {
    html.matches(of: #/<(\/?[a-zA-Z][a-zA-Z0-9]*)/#).map { String($0.1) }
  }

  /// Everything in a tag but its name.
  var attributes: Set<String> {
    Set(
      html.matches(of: #/<[a-zA-Z][a-zA-Z0-9]*\s+([^>]*?)\/?>/#)
        .map { $0.1.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty })
  }

  /// Whether every element ends, inside of the one that it began in.
  var isBalanced: Bool {
    var open: [String] = []
    for tag in tags where !["br", "hr", "input"].contains(tag) {
      if !tag.hasPrefix("/") {
        open.append(tag)
      } else if open.popLast() != String(tag.dropFirst()) {
        return false
      }
    }
    return open.isEmpty
  }

  /// The text of each cell of each row of each table.
  var tables: [[[String]]] {
    Self.inner("table", html).map { table in
      Self.inner("tr", table).map { row in
        row.matches(of: #/(?s)<t[hd][^>]*>(.*?)<\/t[hd]>/#).map { Self.text(String($0.1)) }
      }
    }
  }

  var headings: [String] {
    html.matches(of: #/<h[1-6]>(.*?)<\/h[1-6]>/#).map { Self.text(String($0.1)) }
  }

  private static func inner(_ name: String, _ html: String) -> [String] {
    html.components(separatedBy: "<\(name)").dropFirst().compactMap { part in
      part.range(of: "</\(name)>").map { String(part[..<$0.lowerBound]) }
    }
  }

  static func text(_ html: String) -> String {
    var text = html.replacing(#/<[^>]*>/#, with: "")
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&"),
    ] { text = text.replacingOccurrences(of: entity, with: character) }
    return text
  }
}
