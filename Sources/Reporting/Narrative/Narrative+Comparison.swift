import LeakAnalysis

extension Narrative {
  /// Whether a baseline changes what a reader wants to know first.
  var comparisonNote: String {
    guard let count = report.comparison?.newLeaks else { return "" }
    switch count {
    case 0: return " No leak is new or has grown."
    case 1: return " 1 leak is new or has grown."
    default: return " \(count) leaks are new or have grown."
    }
  }

  /// `Compared with old.json: 1 new, 2 unchanged.`
  func comparisonTitle(_ comparison: Report.Comparison) -> String {
    let counts = Report.Change.allCases.compactMap { change in
      let count = comparison.count(change)
      return count == 0 ? nil : "\(count) \(change.rawValue)"
    }
    var doubts = ""
    if comparison.baselineOmitted > 0 {
      let sites = Wording.count(comparison.baselineOmitted, "call site")
      doubts += " A filter had left out \(sites) there."
    }
    if comparison.baselineBareModules > 0 {
      let modules = Wording.count(comparison.baselineBareModules, "module")
      doubts += " \(modules) had no symbols there, so that known sites may look new."
    }
    return "Compared with \(comparison.baseline): "
      + (counts.isEmpty ? "nothing open, now or then" : counts.joined(separator: ", ")) + "."
      + doubts
  }

  /// The rows to be shown: what did not change is only counted, unless all is asked for.
  func comparisonRows(_ comparison: Report.Comparison) -> [Report.Row] {
    comparison.rows.filter { report.includesAll || $0.change != .unchanged }
  }

  /// The verdict now, or what it was of what is gone.
  static func verdict(of row: Report.Row) -> String {
    (row.verdict ?? row.verdictBefore)?.rawValue ?? ""
  }

  /// Findings that the baseline has, too, and that are no worse.
  var unchangedFindings: [Report.Site] {
    report.sites.filter { $0.verdict <= .suspect && isKnown($0) }
  }

  /// `leak: 15 files from open() in handle at page.c:11, was at page.c:7 [fea9c0cb24f0d4a1]`
  var knownFindings: [String] {
    let former = formerPlaces
    return unchangedFindings.map { site in
      "\(site.verdict.rawValue): \(title(of: site))\(former[site.id] ?? "") [\(site.fingerprint)]"
    }
  }

  /// `, was at page.c:7`, by site: of findings told in a line that the baseline has in other lines.
  var formerPlaces: [Int: String] {
    guard let rows = report.comparison?.rows, !report.includesAll else { return [:] }
    return Dictionary(
      rows.lazy.filter { $0.change > .grown }.flatMap { row in
        row.movedPhrase.map { phrase in row.sites.map { ($0, phrase) } } ?? []
      }
    ) { first, _ in first }
  }

  /// Told in a line instead of in full.
  func isKnown(_ site: Report.Site) -> Bool {
    guard let change = site.change, !report.includesAll else { return false }
    return change > .grown
  }
}
