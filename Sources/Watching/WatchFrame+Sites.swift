import Reporting

extension WatchFrame {
  /// Who is watched, and how near the limit it is.
  var head: [WatchLine] {
    guard let sample = state.sample else { return [line("Reading the trace")] }
    var lines = [title(sample)]
    // The message tells why the rest may mislead; it goes before what there may be no room for.
    if let message = state.message { lines.append(line(message.text, message.role)) }
    lines += sample.processes.prefix(state.shownProcesses).map(bar)
    while lines.count < state.headHeight { lines.append(line()) }
    return Array(lines.prefix(state.headHeight))
  }

  private func title(_ sample: WatchSample) -> WatchLine {
    var title = line()
    title.add(sample.program ?? "fdtrack", .strong)
    let others = sample.processes.count - state.shownProcesses
    if let pid = sample.pid, pid > 0 { title.add(" (pid \(pid))") }
    title.add(": \(WatchText.fds(sample.open)) open")
    if state.ending == nil, let rate = state.rates.rate { title.add(", \(WatchText.rate(rate))") }
    if sample.processes.count > 1 { title.add(", \(sample.processes.count) processes") }
    if others > 0 { title.add(", \(others) not shown", .faint) }
    if state.pid != nil { title.add(", this process only", .faint) }
    return title
  }

  /// What of a bar's line can be left out, in this order, for the rest to fit.
  private enum BarPart: CaseIterable {
    case peak, longBar, name, bar, count
  }

  /// `server 812  [#####.....] 40% 412 of 1024, peak 415, full in 3m10`. The time that is left is
  /// what a screen of any width keeps longest.
  private func bar(_ process: WatchSample.Process) -> WatchLine {
    var parts = Set(BarPart.allCases)
    if state.size.columns < 60 { parts.remove(.name) }
    for dropped in BarPart.allCases {
      // Wider than any name makes it, to see what it needs.
      if bar(process, parts, columns: 1000).width <= state.size.columns { break }
      parts.remove(dropped)
    }
    return bar(process, parts, columns: state.size.columns)
  }

  private func bar(
    _ process: WatchSample.Process, _ parts: Set<BarPart>, columns: Int
  ) -> WatchLine {
    var bar = WatchLine(columns: columns, usesUnicode: usesUnicode)
    let role: WatchLine.Role =
      process.load >= 0.9 ? .alarm : process.load >= 0.7 ? .warning : .good
    let name = process.program.map { String($0.prefix(16)) } ?? "process"
    if parts.contains(.name) {
      bar.add("\(name) \(process.pid)  ")
      bar.pad(to: 14)
    }
    if process.limit != nil {
      if parts.contains(.bar) {
        let size = parts.contains(.longBar) ? min(40, max(5, state.size.columns / 4)) : 5
        let full = min(size, Int((process.load * Double(size)).rounded(.up)))
        bar.add("[")
        bar.add(String(repeating: usesUnicode ? "█" : "#", count: full), role)
        bar.add(String(repeating: usesUnicode ? "░" : ".", count: size - full), .faint)
        bar.add("] ")
      }
      bar.add(WatchText.percent(process.load), role)
    }
    let left = timeLeft(process)
    // Where there is nothing else to tell, it is cut rather than left out.
    if parts.contains(.count) || left == nil {
      if bar.width > 0, process.limit != nil { bar.add(" ") }
      bar.add("\(process.open)" + (process.limit.map { " of \($0)" } ?? " open, no limit"))
    }
    if parts.contains(.peak) { bar.add(", peak \(process.peak)", .faint) }
    if let left { bar.add(", full in \(left)", role) }
    return bar
  }

  /// Until the limit, at the rate of now; nil where that is nowhere near.
  private func timeLeft(_ process: WatchSample.Process) -> String? {
    guard state.ending == nil, let limit = process.limit,
      let rate = state.rates.rate(ofProcess: process.id), rate > 0
    else { return nil }
    let left = Double(limit) - Double(process.open)
    guard left > 0, left / rate < 1e6 else { return nil }
    return WatchText.age(UInt64(left / rate * 1e9))
  }

  /// A column: its title, where it ends, and from how many columns of the screen on it is there.
  private struct Column {
    var title: String
    var width: Int
    var from: Int
    var sort: WatchState.Sort?
    var text: (WatchState.Row) -> String
  }

  private var columns: [Column] {
    let all = [
      Column(title: "LIVE", width: 6, from: 0, sort: .live) {
        WatchText.count(UInt64($0.site.live))
      },
      Column(title: "RATE", width: 9, from: 30, sort: .rate) { WatchText.rate($0.rate) },
      Column(title: "OPENED", width: 9, from: 60, sort: .opened) {
        WatchText.count($0.site.opened)
      },
      Column(title: "CLOSED", width: 9, from: 100, sort: .closed) {
        WatchText.count($0.site.closed)
      },
      Column(title: "AGE", width: 8, from: 50, sort: .age) { row in
        row.site.ageNs.map(WatchText.age) ?? "-"
      },
    ]
    return all.filter { $0.from <= state.size.columns || $0.sort == state.sort }
  }

  private static let kindWidth = 10

  var table: [WatchLine] {
    var lines: [WatchLine] = []
    let hasKind = state.size.columns >= 70
    if state.hasColumnHeader {
      var header = line()
      var end = 1
      for column in columns {
        end += column.width
        let mark =
          column.sort == state.sort ? (state.isReversed ? "^" : usesUnicode ? "▼" : "v") : ""
        header.add(
          mark + column.title, endingAt: end, column.sort == state.sort ? .strong : .label)
      }
      header.add("  ")
      if hasKind {
        header.add("KIND", .label)
        header.pad(to: end + 2 + Self.kindWidth)
      }
      header.add("OPENED BY", .label)
      lines.append(header)
    }
    for index in state.visibleRows { lines.append(row(index, hasKind: hasKind)) }
    if state.rows.isEmpty, state.sample != nil {
      lines.append(line("  Nothing that was seen being opened is open.", .faint))
    }
    return lines
  }

  private func row(_ index: Int, hasKind: Bool) -> WatchLine {
    let row = state.rows[index]
    var line = line()
    line.isChosen = index == state.cursor
    line.add(line.isChosen ? ">" : " ", .strong)
    var end = 1
    for column in columns {
      end += column.width
      let grows = column.sort == .rate && (row.rate ?? 0) > 0
      line.add(column.text(row), endingAt: end, grows ? .warning : .plain)
    }
    line.add("  ")
    if hasKind {
      line.add(row.site.kind, .faint)
      line.pad(to: end + 2 + Self.kindWidth)
    }
    line.add(place(of: row.site))
    if line.isChosen { line.pad(to: state.size.columns) }
    return line
  }

  /// `socket() in dial at client.c:55`.
  func place(of site: WatchSample.Site) -> String {
    let call = site.api.isEmpty ? "a call not known" : "\(site.api)()"
    guard let frame = state.stacks[site.id]?.focus else { return call }
    let ways = site.waysTold > 1 ? ", in \(site.waysTold) ways" : ""
    return "\(call) \(frame.phrase)\(ways)"
  }
}
