extension HTMLPage {
  /// What each mark left open that is a finding.
  var marks: Section? {
    let lines = narrative.markSummary
    guard !lines.isEmpty else { return nil }
    let marks = report.marks.count { $0.name != nil }
    return Section(name: "marks", title: "By mark", count: marks) { out in
      list(lines, &out) { out, rows in
        out.element("ul", .class("plain"), content: rows)
      } _: { line, out in
        out.element("li", .flag("data-item"), text: line)
      }
    }
  }
}
