extension HTMLPage {
  /// Every program that ran, with its counts.
  var processes: Section? {
    guard !report.processes.isEmpty else { return nil }
    let columns: [Column] = [
      .number("pid"), "program", "started", "end", .number("opened"), .number("closed"),
      .number("peak"), .number("open"), .number("limit"),
    ]
    return Section(
      name: "processes", title: "Processes", count: report.processes.count
    ) { out in
      list(report.processes, &out) { out, rows in
        table("Processes", columns, &out) { $0.element("tbody", content: rows) }
      } _: { process, out in
        out.element(
          "tr", .id(.process(process.id)), .flag("data-item"),
          .number("data-process", process.id)
        ) { out in
          cells(of: process, &out)
        }
      }
    }
  }

  private func cells(of process: Report.Process, _ out: inout Markup) {
    func number(_ value: String) { out.element("td", .class("num"), text: value) }
    let command = process.command ?? "?"
    number(process.pid > 0 ? "\(process.pid)" : "?")
    out.element("td") { $0.element("code", text: VisibleText.cut(command, to: 200)) }
    out.element("td", text: started(process))
    out.element("td", text: Narrative.end(process) + ending(process))
    number("\(process.opened)")
    number("\(process.closed)")
    number("\(process.peak)")
    number("\(process.openAtEnd)")
    number(process.fdLimit.map { "\($0)" } ?? "")
  }

  private func started(_ process: Report.Process) -> String {
    let at = process.startedNs.map { " at \(DurationText.of($0))" } ?? ""
    return process.how + at
  }

  private func ending(_ process: Report.Process) -> String {
    var facts = process.endedNs.map { [" at \(DurationText.of($0))"] } ?? []
    if !process.isTraced || process.goesOnUntraced { facts.append(", not traced") }
    if process.limitHit != nil { facts.append(", ran out of fds") }
    return facts.joined()
  }
}
