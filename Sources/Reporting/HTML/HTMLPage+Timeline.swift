import LeakAnalysis

extension HTMLPage {
  /// Of lines: as many sites have one as can be told apart.
  private static let styles: [StaticString] = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"]

  private struct Line {
    var site: Report.Site
    var line: Report.Timeline.Line
    var style: StaticString
  }

  /// How many descriptors were open over time: of the sites that rank first, and of all.
  var timeline: Section? {
    guard let timeline = report.timeline, timeline.momentsNs.count > 1 else { return nil }
    let lines = lines
    return Section(name: "timeline", title: "Open fds over time", count: nil) { out in
      let chart = chart(timeline, lines)
      out.element("figure") { out in
        draw(chart, timeline, lines, &out)
        slider(timeline, &out)
        legend(chart, timeline, lines, &out)
        for fact in narrative.history?.facts ?? [] { out.element("p", text: fact) }
        if timeline.tree.knownFromNs > 0 {
          out.element(
            "figcaption", .class("faint"),
            text: "Before \(DurationText.of(timeline.tree.knownFromNs)) (shaded) counts are lower"
              + " bounds: older events were overwritten.")
        }
      }
    }
  }

  /// Of what is still open; findings rank first.
  private var lines: [Line] {
    let sites = report.sites.filter { $0.verdict != .clean && $0.timeline != nil }
    return zip(sites, Self.styles).compactMap { site, style in
      site.timeline.map { Line(site: site, line: $0, style: style) }
    }
  }

  // MARK: Drawing

  private struct Chart {
    var plot: StepPlot
    var ticks: [Int]
    /// False where the sites would be flat lines below it.
    var showsTree: Bool
    /// The limit of the only process, when it is in sight.
    var limit: Int?
  }

  private func chart(_ timeline: Report.Timeline, _ lines: [Line]) -> Chart {
    let sites = lines.flatMap { $0.line.counts }.max() ?? 0
    let tree = timeline.tree.counts.max() ?? 0
    let showsTree = sites == 0 || tree / 5 <= sites
    var most = showsTree ? max(sites, tree) : sites
    let limits = Set(report.processes.map(\.fdLimit))
    let limit = limits.count == 1 ? limits.first??.magnitude : nil
    // In one process its own descriptors count against it, and nobody else's.
    let shown = limit.flatMap { Int(exactly: $0) }.flatMap { limit in
      report.processes.count == 1 && limit <= 2 * max(1, most) ? limit : nil
    }
    most = max(most, shown ?? 0)
    let ticks = AxisTicks.counts(to: most)
    let plot = StepPlot(
      x: 44...948, y: 12...232, moments: timeline.momentsNs.count, top: ticks.last ?? 1)
    return Chart(plot: plot, ticks: ticks, showsTree: showsTree, limit: shown)
  }

  private func draw(
    _ chart: Chart, _ timeline: Report.Timeline, _ lines: [Line], _ out: inout Markup
  ) {
    let plot = chart.plot
    out.element(
      "svg", .class("chart"), .set("viewBox", "0 0 960 260"), .set("role", "img"),
      .text("aria-label", summary(timeline, lines)), .id(.named("chart")),
      .number("data-left", plot.x.lowerBound), .number("data-right", plot.x.upperBound),
      .number("data-top", plot.y.lowerBound), .number("data-bottom", plot.y.upperBound)
    ) { out in
      axes(chart, timeline, &out)
      if chart.showsTree {
        out.element("path", .class("all"), .text("d", plot.area(timeline.tree)), text: "")
      }
      for line in lines.reversed() {
        out.element("path", .class("line", line.style), .text("d", plot.path(line.line))) { out in
          out.element("title", text: VisibleText.cut(narrative.title(of: line.site), to: 200))
        }
      }
      out.element("path", .id(.named("cursor")), .class("cursor"), text: "")
    }
  }

  private func axes(_ chart: Chart, _ timeline: Report.Timeline, _ out: inout Markup) {
    let (x, y) = (chart.plot.x, chart.plot.y)
    let end = max(1, timeline.momentsNs.last ?? 1)
    if timeline.tree.knownFromNs > 0 {
      let known = chart.plot.column(at: Double(timeline.tree.knownFromNs) / Double(end))
      out.element(
        "path", .class("unknown"),
        .text("d", "M\(x.lowerBound) \(y.lowerBound)H\(known)V\(y.upperBound)H\(x.lowerBound)Z"),
        text: "")
    }
    for tick in chart.ticks {
      let row = chart.plot.row(tick)
      out.element(
        "path", .class("grid"), .text("d", "M\(x.lowerBound) \(row)H\(x.upperBound)"), text: "")
      out.element(
        "text", .number("x", x.lowerBound - 6), .number("y", row + 4),
        .set("text-anchor", "end"), text: "\(tick)")
    }
    for moment in AxisTicks.moments(within: end) {
      let column = chart.plot.column(at: Double(moment) / Double(end))
      out.element(
        "path", .class("grid"), .text("d", "M\(column) \(y.upperBound)v5"), text: "")
      // The last one must not leave the drawing.
      out.element(
        "text", .number("x", min(column, 940)), .number("y", y.upperBound + 19),
        .set("text-anchor", "middle"), text: moment == 0 ? "0" : DurationText.of(moment))
    }
    if let limit = chart.limit {
      let row = chart.plot.row(limit)
      out.element(
        "path", .class("limit"), .text("d", "M\(x.lowerBound) \(row)H\(x.upperBound)"), text: "")
      out.element(
        "text", .class("limit"), .number("x", x.upperBound), .number("y", row + 14),
        .set("text-anchor", "end"), text: "limit \(limit)")
    }
  }

  private func summary(_ timeline: Report.Timeline, _ lines: [Line]) -> String {
    let counts = timeline.tree.counts
    let end = DurationText.of(timeline.momentsNs.last ?? 0)
    return "Open fds over \(end): from \(counts.first ?? 0) at the start to \(counts.last ?? 0)"
      + " at the end, \(narrative.mostShown(counts.max() ?? 0)). The table below tells the same."
  }

  // MARK: The table of lines

  /// Moves through time: shown by the script.
  private func slider(_ timeline: Report.Timeline, _ out: inout Markup) {
    let times = timeline.momentsNs.map(DurationText.of).joined(separator: ",")
    out.element(
      "label", .id(.named("moment")), .text("data-times", times), .flag("hidden")
    ) { out in
      out.element("span", .class("faint"), text: "Moment ")
      out.void(
        "input", .set("type", "range"), .set("min", "0"),
        .number("max", timeline.momentsNs.count - 1),
        .number("value", timeline.momentsNs.count - 1))
      out.element("output", text: "")
    }
  }

  private func legend(
    _ chart: Chart, _ timeline: Report.Timeline, _ lines: [Line], _ out: inout Markup
  ) {
    let columns: [Column] = [
      "line", "call site", .number("start"), .number("half"), .number("most"), .number("end"),
    ]
    table("Open descriptors over time", columns, &out) { out in
      out.element("tbody") { out in
        row("all", timeline.tree, timeline, &out) { out in
          out.write("all together")
          if !chart.showsTree { out.write(" (not drawn: far above the rest)") }
        }
        for line in lines {
          row(line.style, line.line, timeline, &out) { out in
            out.element(
              "a", .link(.site(line.site.id)),
              text: VisibleText.cut(narrative.title(of: line.site), to: 200))
          }
        }
      }
    }
    let rest = report.sites.count { $0.verdict != .clean } - lines.count
    if rest > 0 {
      out.element(
        "p", .class("more"), text: "\(Wording.count(rest, "more call site")) without a line.")
    }
  }

  private func row(
    _ style: StaticString, _ line: Report.Timeline.Line, _ timeline: Report.Timeline,
    _ out: inout Markup, _ name: (inout Markup) -> Void
  ) {
    let last = timeline.momentsNs.count - 1
    func count(_ index: Int) -> String {
      let offset = index - line.first
      return line.counts.indices.contains(offset) ? "\(line.counts[offset])" : "0"
    }
    let numbers = line.counts.map { "\($0)" }.joined(separator: ",")
    out.element("tr", .number("data-first", line.first), .text("data-counts", numbers)) { out in
      out.element("td") { out in
        out.element(
          "svg", .class("swatch"), .set("viewBox", "0 0 28 12"), .set("aria-hidden", "true")
        ) { out in
          out.element("path", .class("line", style), .set("d", "M0 6H28"), text: "")
        }
      }
      out.element("td", content: name)
      for text in [count(0), count(last / 2), "\(line.counts.max() ?? 0)", count(last)] {
        out.element("td", .class("num"), text: text)
      }
    }
  }

  /// The shape of one site's counts, beside its numbers; one descriptor has none.
  func sparkline(_ site: Report.Site, _ out: inout Markup) {
    guard let line = site.timeline, let timeline = report.timeline,
      timeline.momentsNs.count > 1, let most = line.counts.max(), most > 1
    else { return }
    let plot = StepPlot(x: 0...240, y: 2...34, moments: timeline.momentsNs.count, top: most)
    out.element(
      "svg", .class("spark"), .set("viewBox", "0 0 240 36"), .set("role", "img"),
      .text(
        "aria-label",
        "Open over time: \(narrative.mostShown(most)), at the end \(line.counts.last ?? 0)")
    ) { out in
      out.element("path", .class("grid"), .set("d", "M0 34.5H240"), text: "")
      out.element("path", .class("area"), .text("d", plot.area(line)), text: "")
      out.element("path", .class("line"), .text("d", plot.path(line)), text: "")
    }
  }
}
