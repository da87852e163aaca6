extension HTMLPage {
  /// What the trace could not hold or did not see.
  var coverage: Section? {
    Section(name: "coverage", title: "Coverage", count: nil) { out in
      sentences(narrative.coverage.map { VisibleText.cut($0, to: 500) }, &out)
      modules(&out)
    }
  }

  /// With their build-ids, by which symbols are found.
  private func modules(_ out: inout Markup) {
    guard !report.bareModules.isEmpty else { return }
    let columns: [Column] = ["module without symbols", "build-id", .number("addresses"), "why"]
    list(report.bareModules, &out) { out, rows in
      table("Modules without symbols", columns, &out) { $0.element("tbody", content: rows) }
    } _: { module, out in
      out.element("tr", .flag("data-item")) { out in
        out.element("td") { $0.element("code", text: module.path) }
        out.element("td") { out in
          if let id = module.buildID { out.element("code", text: id) }
        }
        out.element("td", .class("num"), text: "\(module.addresses)")
        out.element("td", text: module.text)
      }
    }
  }

  var environment: Section? {
    let rows = narrative.environment
    guard !rows.isEmpty else { return nil }
    return Section(name: "environment", title: "Environment", count: nil) { out in
      out.element("dl", .class("facts", "panel")) { out in
        for row in rows {
          out.element("div") { out in
            out.element("dt", text: row.name)
            out.element("dd") { $0.element("code", text: row.value) }
          }
        }
      }
    }
  }
}
