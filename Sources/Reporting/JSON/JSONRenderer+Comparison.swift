extension JSONRenderer {
  func comparison(_ json: inout JSONWriter, _ comparison: Report.Comparison) {
    json.object {
      $0.member("baseline", comparison.baseline)
      $0.member("baseline_modules_without_symbols", comparison.baselineBareModules)
      $0.member("baseline_omitted_sites", comparison.baselineOmitted)
      $0.member("gone", comparison.count(.gone))
      $0.member("grown", comparison.count(.grown))
      $0.member("new", comparison.count(.new))
      $0.member("new_leaks", comparison.newLeaks)
      $0.member("shrunk", comparison.count(.shrunk))
      $0.member("sites", comparison.rows, row)
      $0.member("unchanged", comparison.count(.unchanged))
    }
  }

  private func row(_ json: inout JSONWriter, _ row: Report.Row) {
    json.object {
      $0.member("change", row.change.rawValue)
      $0.member("fingerprint", row.fingerprint)
      $0.member("live", row.live)
      $0.member("live_before", row.liveBefore)
      $0.member("sites", row.sites) { $0.write($1) }
      $0.member("title", row.title)
      $0.member("verdict", row.verdict?.rawValue)
      $0.member("verdict_before", row.verdictBefore?.rawValue)
    }
  }
}
