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

  /// `server 812  [#####.....]  412 of 1024, 40%, peak 415, full in 3m10`.
  private func bar(_ process: WatchSample.Process) -> WatchLine {
    var bar = line()
    let role: WatchLine.Role =
      process.load >= 0.9 ? .alarm : process.load >= 0.7 ? .warning : .good
    let name = process.program.map { String($0.prefix(16)) } ?? "process"
    if state.size.columns >= 60 {
      bar.add("\(name) \(process.pid)  ")
      bar.pad(to: 14)
    }
    if process.limit != nil {
      let size = min(40, max(5, state.size.columns / 4))
      let full = min(size, Int((process.load * Double(size)).rounded(.up)))
      bar.add("[")
      bar.add(String(repeating: usesUnicode ? "█" : "#", count: full), role)
      bar.add(String(repeating: usesUnicode ? "░" : ".", count: size - full), .faint)
      bar.add("] ")
      bar.add(WatchText.percent(process.load), role)
      bar.add(" ")
    }
    bar.add("\(process.open)" + (process.limit.map { " of \($0)" } ?? " open, no limit"))
    bar.add(", peak \(process.peak)", .faint)
    if state.ending == nil, let limit = process.limit,
      let rate = state.rates.rate(ofProcess: process.id), rate > 0
    {
      let left = Double(limit) - Double(process.open)
      if left > 0, left / rate < 1e6 {
        bar.add(", full in \(WatchText.age(UInt64(left / rate * 1e9)))", role)
      }
    }
    return bar
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
