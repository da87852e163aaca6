import LeakAnalysis

/// Renders the findings of a report as a suppression file (`docs/suppressions.md`) that
/// suppresses them and nothing else.
public struct SuppressionRenderer: Sendable {
  /// Frames that are offered instead of the fingerprint.
  private static let frameLimit = 12

  public init() {}

  /// Returns a block for each fingerprint of a leak or suspect, worst first, with a final
  /// newline. What is suppressed already has none.
  public func render(_ report: Report) -> String {
    let narrative = Narrative(report)
    let findings = report.sites.filter { $0.verdict <= .suspect }
    guard !findings.isEmpty else { return "# No leak and no suspect: nothing to suppress.\n" }
    var order: [String] = []
    var groups: [String: [Report.Site]] = [:]
    for site in findings {
      if groups[site.fingerprint] == nil { order.append(site.fingerprint) }
      groups[site.fingerprint, default: []].append(site)
    }
    return order.map { block(groups[$0] ?? [], narrative) }.joined(separator: "\n")
  }

  private func block(_ sites: [Report.Site], _ narrative: Narrative) -> String {
    guard let first = sites.first else { return "" }
    let place = first.stack.placePhrase
    var lines = sites.map { site in
      "# " + VisibleText.escaped("\(site.verdict.rawValue): \(narrative.title(of: site))")
    }
    lines.append("{")
    lines.append("  " + VisibleText.escaped("\(first.verdict.rawValue): \(first.api)()\(place)"))
    lines.append("  fingerprint: \(first.fingerprint)")
    // What may be fine today is no licence for a leak of the same function tomorrow.
    if sites.allSatisfy({ $0.verdict == .suspect }) { lines.append("  verdict: suspect") }
    lines.append("  # What it is, to be used instead and made more general with * and ...:")
    lines += ["api: \(first.api)", "kind: \(first.kind)"].map { "  # " + Self.pattern($0) }
    lines += Self.frames(of: first.stack).map { "  # " + Self.pattern($0) }
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The frames that people know the site by; the platform's become `...`.
  private static func frames(of stack: Report.Stack) -> [String] {
    var lines: [String] = []
    for frame in stack.frames.prefix(frameLimit) {
      if frame.origin == .runtime {
        if lines.last != "..." { lines.append("...") }
      } else {
        lines.append(
          frame.function.map { "fun: \($0)" } ?? frame.module.map { "mod: \($0)" } ?? "...")
      }
    }
    if lines.last == "..." { lines.removeLast() }
    return lines
  }

  /// Characters that must not be printed are left to a wildcard.
  private static func pattern(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      out.unicodeScalars.append(VisibleText.isUnsafe(scalar) ? "?" : scalar)
    }
    return out
  }
}
