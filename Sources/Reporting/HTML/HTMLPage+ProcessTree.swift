extension HTMLPage {
  /// Processes of the tree before "+N more".
  private static let treeLimit = 400
  /// Inherited descriptors of one process before "+N more".
  private static let inheritedLimit = 40

  /// Who started whom, and what each got that way, as lists within lists.
  func tree(_ out: inout Markup) {
    let lines = narrative.processTree(atMost: Self.treeLimit)
    var rest = lines[...]
    out.element("ul", .class("tree")) { branch(&rest, depth: 0, &$0) }
    if report.processes.count > lines.count {
      out.element("p", .class("more"), text: "+\(report.processes.count - lines.count) more.")
    }
  }

  /// Writes the lines of one level, and below each those that are deeper. The levels of a tree
  /// are bounded, and so is the recursion.
  private func branch(
    _ lines: inout ArraySlice<Narrative.TreeLine>, depth: Int, _ out: inout Markup
  ) {
    while let line = lines.first, line.follows.count >= depth {
      lines.removeFirst()
      out.element("li", .flag("data-item"), .number("data-process", line.process)) { out in
        node(line, &out)
        if let next = lines.first, next.follows.count > line.follows.count {
          out.element("ul") { branch(&lines, depth: line.follows.count + 1, &$0) }
        }
      }
    }
  }

  private func node(_ line: Narrative.TreeLine, _ out: inout Markup) {
    guard let process = report.process(line.process), hasDetails(process), !isFull(out) else {
      out.element("p", text: line.text)
      return
    }
    out.element("details") { out in
      out.element("summary", text: line.text)
      inherited(process, &out)
      if !process.unseen.isEmpty {
        out.element("p", text: "Open, but not seen being opened:")
        descriptors(process.unseen, omitted: process.omittedUnseen, "Origin not seen", &out)
      }
      if let hit = process.limitHit {
        fold(hit.stack, "Where it ran out of fds: \(hit.api)()", of: nil, &out)
      }
    }
  }

  private func hasDetails(_ process: Report.Process) -> Bool {
    !process.inherited.isEmpty || !process.unseen.isEmpty || process.limitHit != nil
  }

  private func inherited(_ process: Report.Process, _ out: inout Markup) {
    let columns: [Column] = [.number("fd"), "what", "via", "opened by", "at"]
    list(
      process.inherited, omitted: process.omittedInherited, limit: Self.inheritedLimit, &out
    ) { out, rows in
      table("Inherited descriptors", columns, &out) { $0.element("tbody", content: rows) }
    } _: { fd, out in
      out.element("tr") { out in
        out.element("td", .class("num"), text: "\(fd.fd)")
        out.element("td") { out in
          out.write(fd.kind + " ")
          if let name = fd.local ?? fd.name { out.element("code", text: name) }
          if fd.isListening { out.write(", listening") }
          if let remote = fd.remote { out.element("code", text: " to \(remote)") }
        }
        out.element("td", text: fd.via)
        out.element(
          "td",
          text: (fd.opener.map(\.label) ?? fd.openedBy.map(narrative.label) ?? "outside")
            + (fd.isUncertain ? ", uncertain" : ""))
        out.element("td") { opener(of: fd, &$0) }
      }
    }
  }

  /// Where it was opened, as a link to the site when the page tells of that.
  private func opener(of fd: Report.Inherited, _ out: inout Markup) {
    let place = (fd.api.map { "\($0)() " } ?? "") + (fd.openedAt ?? "")
    if let site = fd.site, siteIDs.contains(site) {
      out.element("a", .link(.site(site)), text: place.isEmpty ? "site \(site)" : place)
    } else {
      out.write(place)
    }
  }
}
