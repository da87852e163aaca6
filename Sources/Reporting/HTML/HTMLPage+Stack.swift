extension HTMLPage {
  /// Frames of one stack before "+N more".
  private static let frameLimit = 64

  /// The frame to look at first, then all of them, folded.
  func stack(_ stack: Report.Stack, of site: Report.Site, _ out: inout Markup) {
    guard let focus = stack.focus else {
      out.element("p", .class("faint"), text: "The stack was not recorded.")
      return
    }
    let cwd = cwd(of: site)
    out.element("p", .class("focus")) { frame(focus, cwd: cwd, &$0) }
    if stack.frames.count > 1 || stack.end != .complete {
      fold(stack, "Stack", of: site, &out)
    }
  }

  func fold(
    _ stack: Report.Stack, _ label: String, of site: Report.Site?, _ out: inout Markup
  ) {
    guard !stack.frames.isEmpty else { return }
    let cwd = site.flatMap { self.cwd(of: $0) }
    out.element("details", .class("stack")) { out in
      out.element(
        "summary", text: "\(label), \(Wording.count(stack.frames.count, "frame"))")
      out.element("ol") { out in
        for (index, item) in stack.frames.prefix(Self.frameLimit).enumerated() {
          let isFocus = index == stack.focusIndex
          out.element(
            "li",
            isFocus ? .class("focus") : item.origin == .runtime ? .class("faint") : nil
          ) { frame(item, cwd: cwd, &$0) }
        }
      }
      let hidden = stack.frames.count - Self.frameLimit
      if hidden > 0 { note("+\(hidden) more frames", &out) }
      switch stack.end {
      case .complete: break
      case .cut: note("Deeper frames were not followed.", &out)
      case .ways: note("Many ways lead here.", &out)
      case .broken: note("No unwind information from here on.", &out)
      case .missing: note("The stack was not recorded.", &out)
      }
    }
  }

  private func note(_ text: String, _ out: inout Markup) {
    out.element("p", .class("faint"), text: text)
  }

  private func frame(_ frame: Report.StackFrame, cwd: String?, _ out: inout Markup) {
    let place = frame.displayPlace(relativeTo: cwd)
    guard let function = frame.function else {
      out.element("code", text: place)
      return
    }
    out.element("code", .class("function"), text: function)
    if !frame.label.isEmpty { out.element("span", .class("faint"), text: frame.label) }
    out.write(" ")
    out.element("code", .class("at"), text: place)
  }

  private func cwd(of site: Report.Site) -> String? {
    site.byProcess.first.flatMap { report.process($0.process)?.cwd }
  }
}
