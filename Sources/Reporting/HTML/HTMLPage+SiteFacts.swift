import LeakAnalysis

extension HTMLPage {
  /// What is known of a site, in the order of importance; long parts are folded.
  func facts(_ site: Report.Site, _ out: inout Markup) {
    let facts = narrative.facts(of: site)
    func lines(_ label: String) -> [String] {
      facts.first { $0.label == label }?.lines ?? []
    }
    let rate = lines("rate")
    out.element("dl", .class("facts")) { out in
      fact("Why", &out, unless: lines("why").isEmpty) { out in
        paragraphs(lines("why"), &out)
        evidence(site, &out)
      }
      fact("Opened", &out) { stack(site.stack, of: site, &$0) }
      fact("Rate", &out, unless: rate.isEmpty) { out in
        paragraphs(rate, &out)
        sparkline(site, &out)
      }
      fact("Change", &out, style: .class("change"), unless: lines("change").isEmpty) {
        paragraphs(lines("change"), &$0)
      }
      fact("Others closed", &out, unless: lines("closed").isEmpty) { out in
        closers(site, lines("closed"), &out)
      }
      fact("When", &out, unless: lines("when").isEmpty) { out in
        paragraphs(lines("when"), &out)
        if rate.isEmpty { sparkline(site, &out) }
      }
      fact("Held by", &out, unless: lines("who").isEmpty && site.fds.isEmpty) { out in
        paragraphs(lines("who"), &out)
        descriptors(site, &out)
      }
      for other in facts where !Self.placed.contains(other.label) {
        fact(other.label.prefix(1).uppercased() + other.label.dropFirst(), &out) {
          paragraphs(other.lines, &$0)
        }
      }
      if let suppressed = site.suppressed {
        fact("Suppressed", &out) { out in
          out.element("p", text: suppression(suppressed))
        }
      }
      fact("Fingerprint", &out) { out in
        out.element("p") { out in
          out.element("code", .class("fingerprint"), text: site.fingerprint)
          out.element("span", .class("faint"), text: " site \(site.id) of the trace")
        }
      }
    }
  }

  /// Facts of the narrative that have a place of their own.
  private static let placed: Set = ["why", "rate", "change", "closed", "when", "who"]

  private func fact(
    _ label: String, _ out: inout Markup, style: Markup.Attribute? = nil,
    unless isEmpty: Bool = false, _ content: (inout Markup) -> Void
  ) {
    guard !isEmpty else { return }
    out.element("div", style) { out in
      out.element("dt", text: label)
      out.element("dd", content: content)
    }
  }

  private func paragraphs(_ lines: [String], _ out: inout Markup) {
    for line in lines { out.element("p", text: line) }
  }

  private func suppression(_ by: Report.Suppressed) -> String {
    let reason = by.reason.map { ": \($0)" } ?? ""
    return "By \(by.name) (\(by.file):\(by.line)), instead of \(by.verdict.rawValue)\(reason)"
  }

  /// The stacks of the calls that the reasons and the cause speak of, each once.
  private func evidence(_ site: Report.Site, _ out: inout Markup) {
    var shown: [Report.Stack] = [site.stack]
    let calls =
      site.causes.map { ("Stack of \($0.api)()", $0.stack) }
      + site.reasons.compactMap { reason in
        reason.stack.map { ("Stack of the call that is spoken of", $0) }
      }
    for (label, stack) in calls where !stack.frames.isEmpty && !shown.contains(stack) {
      shown.append(stack)
      fold(stack, label, of: site, &out)
    }
  }

  private func closers(_ site: Report.Site, _ lines: [String], _ out: inout Markup) {
    let own = narrative.closers(of: site)
    let elsewhere = site.closedElsewhere.map { [$0] } ?? []
    for (line, closer) in zip(lines, own.isEmpty ? elsewhere : own) {
      out.element("p", text: line)
      fold(closer.stack, "Stack of \(closer.api)()", of: site, &out)
    }
    let rest = max(0, own.count - lines.count) + site.omittedClosers
    if rest > 0 {
      out.element("p", .class("more"), text: "+\(Wording.count(rest, "more place")).")
    }
  }
}
