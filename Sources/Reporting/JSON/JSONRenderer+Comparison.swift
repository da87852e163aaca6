extension JSONRenderer {
  func comparison(_ comparison: Report.Comparison) -> JSONValue {
    var members: [String: JSONValue] = [
      "baseline": .init(comparison.baseline),
      "baseline_omitted_sites": .init(comparison.baselineOmitted),
      "baseline_modules_without_symbols": .init(comparison.baselineBareModules),
      "new_leaks": .init(comparison.newLeaks),
      "sites": .array(comparison.rows.map(row)),
    ]
    for change in Report.Change.allCases {
      members[change.rawValue] = .init(comparison.count(change))
    }
    return .object(members)
  }

  private func row(_ row: Report.Row) -> JSONValue {
    .object([
      "change": .init(row.change.rawValue), "fingerprint": .init(row.fingerprint),
      "verdict": .init(row.verdict?.rawValue),
      "verdict_before": .init(row.verdictBefore?.rawValue),
      "live": .init(row.live), "live_before": .init(row.liveBefore),
      "title": .init(row.title), "sites": .array(row.sites.map { .init($0) }),
    ])
  }
}
