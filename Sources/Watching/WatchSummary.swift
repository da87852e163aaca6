import Reporting

extension WatchState {
  /// All in one line, for where there is no screen:
  /// `server (pid 812): 412 fds of 1024 (40%), +3.2/s; most 380 tcp, +3.1/s, socket() in …`.
  public func summary(usesUnicode: Bool) -> String {
    guard let sample else { return "" }
    var text = sample.program ?? "fdtrack"
    if let pid = sample.pid, pid > 0 { text += " (pid \(pid))" }
    text += ": " + WatchText.fds(sample.open)
    if sample.processes.count == 1, let process = sample.processes.first, let limit = process.limit
    {
      text += " of \(limit) (\(WatchText.percent(process.load)))"
    } else if sample.processes.count > 1 {
      text += " in \(sample.processes.count) processes"
      if let first = sample.processes.first, let limit = first.limit {
        text += ", nearest to its limit pid \(first.pid) with \(first.open) of \(limit)"
      }
    }
    if let rate = rates.rate { text += ", \(WatchText.rate(rate))" }
    if let row = rows.first, row.site.live > 0 {
      text += "; most \(row.site.live) \(row.site.kind), "
      if let rate = row.rate { text += WatchText.rate(rate) + ", " }
      text += WatchFrame(self, usesUnicode: usesUnicode).place(of: row.site)
    }
    if !sample.losses.isEmpty { text += "; incomplete: \(sample.losses.joined(separator: ", "))" }
    return VisibleText.escaped(text, asciiOnly: !usesUnicode)
  }
}
