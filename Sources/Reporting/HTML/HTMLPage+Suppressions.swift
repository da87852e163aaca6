import LeakAnalysis

extension HTMLPage {
  /// What each block of the suppression files did, and the sites that they left alone.
  var suppressions: Section? {
    let sites = report.sites(.suppressed)
    guard !report.suppressions.isEmpty || !sites.isEmpty else { return nil }
    return Section(
      name: "suppressions", title: "Suppressions", count: report.suppressions.count
    ) { out in
      let columns: [Column] = ["suppression", "file", .number("sites"), .number("fds"), ""]
      list(report.suppressions, &out) { out, rows in
        table("Suppressions", columns, &out) { $0.element("tbody", content: rows) }
      } _: { use, out in
        out.element("tr", .flag("data-item")) { out in
          out.element("td", text: use.name)
          out.element("td") { $0.element("code", text: "\(use.file):\(use.line)") }
          out.element("td", .class("num"), text: "\(use.sites)")
          out.element("td", .class("num"), text: "\(use.descriptors)")
          out.element("td", text: use.sites == 0 ? "unused" : "")
        }
      }
      folded(sites, &out)
    }
  }

  /// What became of an earlier run's sites.
  var comparison: Section? {
    guard let comparison = report.comparison else { return nil }
    let rows = narrative.comparisonRows(comparison)
    return Section(name: "comparison", title: "Comparison", count: rows.count) { out in
      out.element("p", text: narrative.comparisonTitle(comparison))
      let columns: [Column] = [
        "change", .number("before"), .number("now"), "verdict", "what", "fingerprint",
      ]
      list(rows, &out) { out, rows in
        table("Comparison with the baseline", columns, &out) {
          $0.element("tbody", content: rows)
        }
      } _: { row, out in
        out.element("tr", .flag("data-item")) { cells(of: row, &$0) }
      }
    }
  }

  private func cells(of row: Report.Row, _ out: inout Markup) {
    out.element("td", row.change <= .grown ? .class("strong") : nil, text: row.change.rawValue)
    out.element("td", .class("num"), text: "\(row.liveBefore)")
    out.element("td", .class("num"), text: "\(row.live)")
    out.element("td", text: Narrative.verdict(of: row))
    out.element("td") { out in
      let title = VisibleText.cut(row.title, to: 400)
      if let site = row.sites.first(where: siteIDs.contains) {
        out.element("a", .link(.site(site)), text: title)
      } else {
        out.write(title)
      }
    }
    out.element("td") { $0.element("code", text: row.fingerprint) }
  }
}
