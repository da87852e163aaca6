import LeakAnalysis

/// The findings of a report in the order of results: errors first, each level as the report
/// has it; and no more than are taken.
struct SARIFFindings {
  enum Finding: Equatable {
    /// Indices into the report's lists.
    case site(Int), misuse(Int)
    /// An index into the narrative's list of what programs keep.
    case kept(Int)
  }

  private let narrative: Narrative
  private let kept: [Narrative.Kept]
  let listed: [Finding]
  /// How many more there are.
  let cut: Int

  init(_ narrative: Narrative, limit: Int) {
    self.narrative = narrative
    kept = narrative.inheritance.filter { !$0.advice.isEmpty }
    let report = narrative.report
    var findings: [SARIFRule.Level: [Finding]] = [:]
    for (index, site) in report.sites.enumerated() {
      guard let rule = Self.rule(of: site, in: report) else { continue }
      findings[rule.level, default: []].append(.site(index))
    }
    for (index, misuse) in report.misuse.enumerated() {
      findings[Self.level(of: misuse), default: []].append(.misuse(index))
    }
    for index in kept.indices {
      findings[Self.level(of: kept[index]), default: []].append(.kept(index))
    }
    let all = SARIFRule.Level.allCases.flatMap { findings[$0] ?? [] }
    listed = Array(all.prefix(limit))
    cut = all.count - listed.count
  }

  func result(_ finding: Finding) -> SARIFResult {
    switch finding {
    case .site(let index): site(narrative.report.sites[index])
    case .misuse(let index): misuse(narrative.report.misuse[index])
    case .kept(let index): kept(kept[index])
    }
  }

  // MARK: Levels

  /// Nil for what is no result: what is held, unless all is asked for, and what was all closed.
  private static func rule(of site: Report.Site, in report: Report) -> SARIFRule? {
    site.found == .held && !report.includesAll ? nil : SARIFRule.of(site.found)
  }

  private static func level(of misuse: Report.Misuse) -> SARIFRule.Level {
    LeakAnalysis.Misuse.Kind(rawValue: misuse.kind).map { SARIFRule.of($0).level } ?? .note
  }

  /// Listeners keep ports busy; of others it is good to know.
  private static func level(of kept: Narrative.Kept) -> SARIFRule.Level {
    kept.first.isListening && kept.first.handles.first?.isCertain != false ? .warning : .note
  }

  // MARK: Results

  private func site(_ site: Report.Site) -> SARIFResult {
    let rule = SARIFRule.of(site.found)
    var result = SARIFResult(
      rule: rule?.id ?? site.found.rawValue, level: rule?.level ?? .note,
      message: SARIFText.message([
        [narrative.title(of: site) + "."], narrative.reasons(of: site), site.advice,
      ]),
      fingerprint: site.fingerprint, place: site.stack)
    result.program =
      site.byProcess.lazy.compactMap { narrative.report.process($0.process)?.exe }
      .first
    result.suppressed = site.suppressed
    result.stacks = [.init(title: "Opened by \(site.api)()", stack: site.stack)]
    result.addPath(
      site.stack, to: "\(site.api)() opens: \(site.live) of \(site.opened) stay open",
      kinds: ["acquire", "resource"])
    for cause in site.causes {
      let event =
        cause.error != 0
        ? Wording.failure(of: cause.api, cause.errorText)
        : "\(cause.api)() was the last call"
      let share = "on \(Wording.share(cause.count, cause.of))"
      result.stacks.append(.init(title: "The last call: \(event)", stack: cause.stack))
      result.addStep(cause.stack, "\(event), \(share)", kinds: ["call"])
    }
    if let closer = site.example ?? site.closers.first ?? site.closedElsewhere {
      let text = "\(closer.api)() closes \(Wording.count(closer.count, site.name(of: closer)))"
      result.addStep(closer.stack, text, kinds: ["release", "resource"])
    }
    result.properties = { json in
      json.member("api", site.api)
      json.member("change", site.change?.rawValue)
      json.member("closed", site.closed)
      json.member("kind", site.kind)
      json.member("live", site.live)
      json.member("objects", site.objects)
      json.member("opened", site.opened)
      json.member("peak", site.peak)
      json.member("reasons", site.reasons.map(\.code))
      json.member("site", site.id)
      json.member("verdict", site.verdict.rawValue)
    }
    return result
  }

  private func misuse(_ misuse: Report.Misuse) -> SARIFResult {
    var result = SARIFResult(
      rule: misuse.kind, level: Self.level(of: misuse),
      message: SARIFText.message([[narrative.sentence(misuse)]]),
      fingerprint: misuse.fingerprint.isEmpty ? nil : misuse.fingerprint, place: misuse.stack)
    result.program = narrative.report.process(misuse.process)?.exe
    let isReused = misuse.kind == "close_of_reused_fd"
    let opened = isReused ? "another opener gets the number" : "opened"
    let closed = isReused ? "its own is closed" : "closed"
    let call = misuse.api.isEmpty ? "the wrong call" : "\(misuse.api)(), wrongly"
    let history: [(Report.Stack?, String, [String])] = [
      (misuse.openedAt, opened, ["acquire", "resource"]),
      (misuse.closedAt, closed, ["release", "resource"]),
    ]
    // The number was given away after the culprit's own close.
    for (stack, text, kinds) in isReused ? history.reversed() : history {
      result.addStep(stack, text, kinds: kinds)
    }
    let isClose = !["use_after_close", "cut_message"].contains(misuse.kind)
    result.addPath(misuse.stack, to: call, kinds: isClose ? ["release", "resource"] : ["call"])
    result.addStep(misuse.noticedAt, "the other opener meets EBADF", kinds: ["call"])
    result.stacks = [
      (call, misuse.stack), (opened, misuse.openedAt), (closed, misuse.closedAt),
      ("noticed", misuse.noticedAt),
    ].compactMap { title, stack in stack.map { .init(title: title, stack: $0) } }
    result.properties = { json in
      json.member("api", misuse.api)
      json.member("count", misuse.count)
      json.member("fd", misuse.fd)
      json.member("lastFd", misuse.lastFd)
      json.member("process", misuse.process)
    }
    return result
  }

  private func kept(_ kept: Narrative.Kept) -> SARIFResult {
    let first = kept.first
    let made = first.handles.first?.made ?? first.opened
    var result = SARIFResult(
      rule: SARIFRule.inherited.id, level: Self.level(of: kept),
      message: SARIFText.message([[kept.sentence], kept.advice]),
      fingerprint: made.fingerprint, place: made.stack)
    result.program = narrative.report.process(first.opener.process)?.exe
    result.addPath(made.stack, to: "\(made.api)() opens", kinds: ["acquire", "resource"])
    let start = first.start.call
    if !start.api.isEmpty {
      let program = first.holder.name.program ?? "a program"
      result.addStep(
        start.stack, "\(start.api)() starts \(program), which keeps it", kinds: ["call"])
    }
    result.stacks = [
      .init(title: "Opened by \(made.api)()", stack: made.stack),
      .init(title: "Started by \(start.api)()", stack: start.stack),
    ]
    result.properties = { json in
      json.member("cause", first.handles.first?.cause)
      json.member("fds", first.fds) { $0.write($1) }
      json.member("holder", first.holder.name.label)
      json.member("kind", first.kind)
      json.member("listening", first.isListening)
      json.member("site", made.site)
    }
    return result
  }
}
