import Reporting

extension WatchFrame {
  /// The chosen site and its stack.
  var stackText: [WatchLine] {
    guard let site = state.chosenSite else { return [line("This site has nothing open any more.")] }
    var lines = [line(place(of: site), .strong)]
    var counts = line(
      "\(site.live) live, \(site.opened) opened, \(site.closed) closed, \(site.kind)")
    counts.add(", \(WatchText.rate(state.rates.rate(of: site.id)))")
    if let age = site.ageNs { counts.add(", oldest \(WatchText.age(age))") }
    lines.append(counts)
    if site.ways > 1 { lines.append(line("\(site.ways) ways lead to this line, one of them:")) }
    lines.append(line())
    guard let stack = state.stacks[site.id] else {
      return lines + [line("Looking the stack up", .faint)]
    }
    for (index, frame) in stack.frames.enumerated() {
      var line = line()
      let isFocus = index == stack.focusIndex
      line.add(isFocus ? (usesUnicode ? "› " : "> ") : "  ", .strong)
      let role: WatchLine.Role = isFocus ? .strong : frame.origin == .program ? .plain : .faint
      line.add(frame.function ?? frame.modulePlace, role)
      line.add(frame.label, .faint)
      if frame.function != nil { line.add("  " + frame.place, .faint) }
      lines.append(line)
    }
    switch stack.end {
    case .complete: break
    case .cut: lines.append(line("  (deeper frames were not followed)", .faint))
    case .ways: lines.append(line("  (many ways lead here)", .faint))
    case .broken: lines.append(line("  (the stack ends here: no unwind information)", .faint))
    case .missing: lines.append(line("  (no stack was stored)", .faint))
    }
    return lines
  }

  var helpText: [WatchLine] {
    let keys: [(String, String)] = [
      (usesUnicode ? "↑ ↓  k j" : "up down  k j", "choose a site; PgUp, PgDn, Home, End too"),
      ("Enter", "the stack that opened it; Esc back"),
      ("l", "order by descriptors live, open now"),
      ("r", "order by rate: how fast live grows, over the last 30 s"),
      ("o  c", "order by those opened, closed so far"),
      ("a", "order by age of the oldest live one"),
      ("R", "the other way round"),
      ("z", "show sites with nothing open, too"),
      ("p  P", "one process after the other, then all; all"),
      ("Space", "look now"),
      ("q", "quit"),
    ]
    var lines = [line("fdtrack watch", .strong), line()]
    for (key, text) in keys {
      var line = line("  ")
      line.add(key, .strong)
      line.pad(to: 15)
      line.add(text)
      lines.append(line)
    }
    lines.append(line())
    lines.append(
      line("LIVE counts what a process opened itself and has open. The bar counts all it has."))
    return lines
  }
}
