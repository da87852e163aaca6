/// Renders a report as folded stacks, the input of flamegraph.pl, speedscope and their like: a
/// line for each stack, its functions from the outermost to the innermost with `;` between, a
/// space, and a count.
public struct FoldedRenderer: Sendable {
  /// What the counts are of.
  public enum Count: Sendable {
    /// Descriptors that are open.
    case open
    /// Calls' results, open or closed since; the report should have all sites.
    case opened
  }

  private let count: Count

  public init(_ count: Count = .open) { self.count = count }

  /// Returns a line for each distinct stack, the highest count first, with a final newline;
  /// nothing when all counts are 0.
  public func render(_ report: Report) -> String {
    var counts: [String: UInt64] = [:]
    for site in report.sites {
      let number = count == .open ? UInt64(clamping: site.live) : site.opened
      guard number > 0 else { continue }
      let line = Self.line(site.stack)
      counts[line] = (counts[line] ?? 0).addingWithSaturation(number)
    }
    let lines = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return lines.map { "\($0.key) \($0.value)\n" }.joined()
  }

  private static func line(_ stack: Report.Stack) -> String {
    let frames = stack.frames.reversed().map { name(ofFunction: $0.function ?? $0.modulePlace) }
    return ((stack.placeholder.map { [name(ofFunction: $0)] } ?? []) + frames)
      .joined(separator: ";")
  }

  /// Without what ends a frame, a stack or a line: `;` is `:`, as in other tools' folded
  /// stacks, and a space `_`. Characters that must not be printed are escaped.
  private static func name(ofFunction function: String) -> String {
    let text = VisibleText.escaped(function)
    var name = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case ";": name.append(":")
      case _ where scalar.properties.isWhitespace: name.append("_")
      default: name.append(scalar)
      }
    }
    // An empty name would make two frames one.
    return name.isEmpty ? "_" : String(name)
  }
}
