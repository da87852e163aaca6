extension HTMLPage {
  /// What started programs keep, as a table, and the tree of processes with what each got.
  var inheritance: Section? {
    let kept = narrative.inheritance
    let hasTree =
      report.processes.count > 1 || report.processes.contains { !$0.inherited.isEmpty }
    guard !kept.isEmpty || hasTree else { return nil }
    let count = kept.isEmpty ? nil : kept.count + report.unlisted.keptFiles
    return Section(name: "inheritance", title: "Inheritance", count: count) { out in
      audit(kept, &out)
      if hasTree {
        out.element("h3", text: "Process tree")
        tree(&out)
      }
    }
  }

  private func audit(_ kept: [Narrative.Kept], _ out: inout Markup) {
    guard !kept.isEmpty else { return }
    out.element("h3", text: "Kept by started programs")
    let columns = Narrative.keptColumns.map(Column.init(stringLiteral:))
    list(kept, omitted: report.unlisted.keptFiles, &out) { out, rows in
      table("Kept by started programs", columns, &out, rows)
    } _: { line, out in
      out.element(
        "tbody", .flag("data-item"), line.advice.isEmpty ? nil : .class("accused"),
        .text("data-kind", line.first.kind),
        .text("data-process", concerned(line).map { "\($0)" }.joined(separator: " "))
      ) { out in
        out.element("tr") { out in
          for cell in line.cells { out.element("td", text: cell) }
        }
        out.element("tr", .class("said")) { out in
          out.element("td", .number("colspan", columns.count)) { out in
            out.element("p", text: line.sentence)
            for advice in line.advice { out.element("p", .class("change"), text: advice) }
          }
        }
      }
    }
  }

  /// Who holds it, and who opened it.
  private func concerned(_ line: Narrative.Kept) -> [Int] {
    line.holders.prefix(Self.listLimit) + [line.first.opener.process]
  }
}
