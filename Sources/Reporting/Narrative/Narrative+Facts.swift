import LeakAnalysis

extension Narrative {
  /// One labelled part of a site's section.
  struct Fact: Equatable {
    var label: String
    var lines: [String]
  }

  /// Everything but the stack, in the order in which a reader asks.
  func facts(of site: Report.Site) -> [Fact] {
    var facts = [Fact(label: "why", lines: reasons(of: site) + causes(of: site))]
    if site.found == .leak { facts.append(Fact(label: "rate", lines: [growth(of: site)])) }
    facts.append(Fact(label: "when", lines: times(of: site)))
    facts.append(Fact(label: "who", lines: holders(of: site)))
    facts.append(Fact(label: "marks", lines: marks(of: site)))
    facts.append(Fact(label: "note", lines: site.found <= .suspect ? notes(on: site) : []))
    facts.append(Fact(label: "closed", lines: closings(of: site)))
    facts.append(Fact(label: "change", lines: site.advice))
    return facts.filter { !$0.lines.isEmpty }
  }

  private func times(of site: Report.Site) -> [String] {
    var parts: [String] = []
    switch (site.firstOpenedNs, site.lastOpenedNs) {
    case (let first?, let last?) where site.opened > 1:
      parts.append(
        "First opened \(DurationText.of(first)) after the start, last \(DurationText.of(last))")
    case (let first?, _): parts.append("Opened \(DurationText.of(first)) after the start")
    default: break
    }
    if site.opened > 1 {
      // The peaks of several processes need not be of one moment.
      let whose = site.byProcess.count > 1 ? " in one process" : ""
      parts.append(
        report.trace.lacksDescriptors
          ? "\(site.opened) opened" + (site.closed > 0 ? ", at least \(site.closed) closed" : "")
          : "\(site.opened) opened, \(site.closed) closed, at most \(site.peak) at once\(whose)")
    }
    return parts.isEmpty ? [] : [parts.joined(separator: "; ") + "."]
  }

  private func holders(of site: Report.Site) -> [String] {
    var lines: [String] = []
    let holding = site.byProcess.filter { $0.live > 0 }
    let most = holding.sorted { ($1.live, $0.process) < ($0.live, $1.process) }
    for counts in most.prefix(3) {
      let fds = site.fds.filter { $0.process == counts.process }
      let threads = Set(fds.map(\.thread)).subtracting([0]).sorted().map(String.init)
      let opener =
        threads.isEmpty
        ? "" : ", opened by thread\(threads.count == 1 ? "" : "s") \(Self.few(threads, of: 4))"
      let numbers = fds.isEmpty ? "\(counts.live)" : Self.numbers(fds.map(\.fd))
      lines.append("\(label(counts.process)): \(numbers)\(opener).")
    }
    if holding.count > 3 {
      lines.append("+\(Wording.count(holding.count - 3, "more process", "more processes")).")
    }
    return lines + heirs(of: site) + senders(of: site)
  }

  /// Who has them by fork, since their opener has ended.
  private func heirs(of site: Report.Site) -> [String] {
    let most = site.heirs.sorted { ($1.count, $0.process) < ($0.count, $1.process) }
    var lines = most.prefix(3).map { heir in
      let process = report.process(heir.process)
      let life =
        process?.endKind == "running"
        ? "still runs" : process?.mayRun == true ? "was not seen to end" : "ended later"
      return "\(label(heir.process)): \(heir.count) of them by fork; it \(life)."
    }
    if most.count > 3 {
      let more = Wording.count(most.count - 3, "more process", "more processes")
      lines.append("+\(more) that got some by fork.")
    }
    return lines
  }

  /// Who sent what came in messages.
  private func senders(of site: Report.Site) -> [String] {
    let counts = Dictionary(grouping: site.fds.compactMap(\.sender)) { $0 }.mapValues(\.count)
    let most = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return most.prefix(3).map { pid, count in
      let known = report.processes.last { $0.pid == pid }.map { label($0.id) }
      return "\(count) of those listed came in messages from \(known ?? "pid \(pid)")."
    }
  }
}
