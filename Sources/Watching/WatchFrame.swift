import Reporting

/// The lines of a screen that show a state; never more, and never longer, than fit.
public struct WatchFrame {
  let state: WatchState
  let usesUnicode: Bool

  public init(_ state: WatchState, usesUnicode: Bool) {
    (self.state, self.usesUnicode) = (state, usesUnicode)
  }

  /// As many as the screen has rows; what is not used is empty.
  public var lines: [WatchLine] {
    let rows = state.size.rows
    var lines: [WatchLine]
    switch state.screen {
    case .sites: lines = head + table
    case .stack: lines = Array(state.visible(stackText))
    case .help: lines = Array(state.visible(helpText))
    }
    let foot = state.hasFoot ? 1 : 0
    lines = Array(lines.prefix(rows - foot))
    while lines.count < rows - foot { lines.append(line()) }
    if foot == 1 { lines.append(self.foot) }
    return lines
  }

  func line(_ text: String = "", _ role: WatchLine.Role = .plain) -> WatchLine {
    var line = WatchLine(columns: state.size.columns, usesUnicode: usesUnicode)
    line.add(text, role)
    return line
  }

  private var foot: WatchLine {
    var foot = line()
    func hint(_ key: String, _ text: String) {
      if foot.width > 0 { foot.add("  ") }
      foot.add(key, .strong)
      foot.add(" " + text, .faint)
    }
    switch state.screen {
    case .sites:
      hint("q", "quit")
      hint("?", "help")
      hint("Enter", "stack")
      hint(usesUnicode ? "↑↓" : "up/down", "choose")
      hint("l", "live")
      hint("r", "rate")
      hint("o", "opened")
      hint("a", "age")
    case .stack, .help:
      hint("Esc", "back")
      hint(usesUnicode ? "↑↓" : "up/down", "scroll")
      hint("q", "quit")
    }
    return foot
  }
}

extension WatchState {
  /// Too few rows are for what is watched.
  var hasFoot: Bool { size.rows >= 8 }

  /// Rows that are left for the lines of a text screen.
  var listHeightOfText: Int { max(1, size.rows - (hasFoot ? 1 : 0)) }

  /// Lines of the text screen that is shown.
  var textHeight: Int {
    let frame = WatchFrame(self, usesUnicode: false)
    return screen == .help ? frame.helpText.count : frame.stackText.count
  }

  /// Rows that are left for sites.
  var listHeight: Int {
    max(0, size.rows - headHeight - (hasFoot ? 1 : 0) - (hasColumnHeader ? 1 : 0))
  }

  var hasColumnHeader: Bool { size.rows >= 5 }

  /// Lines above the table.
  var headHeight: Int {
    let wanted = 1 + shownProcesses + (message == nil ? 0 : 1) + (size.rows >= 16 ? 1 : 0)
    return min(wanted, max(1, size.rows - 2))
  }

  /// Processes that have a line of their own.
  var shownProcesses: Int { min(sample?.processes.count ?? 0, max(1, size.rows / 6)) }

  /// What is to be known before all numbers.
  var message: (text: String, role: WatchLine.Role)? {
    if let ending { return (ending.text, ending.isFailure ? .alarm : .strong) }
    if let remark { return (remark, .warning) }
    if let losses = sample?.losses, !losses.isEmpty {
      return (
        "Incomplete: the trace had no room for all (\(losses.joined(separator: ", "))).", .warning
      )
    }
    return nil
  }
}
