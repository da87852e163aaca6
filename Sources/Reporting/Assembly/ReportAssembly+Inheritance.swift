import LeakAnalysis
import TraceModel

extension ReportAssembly {
  /// Every stack of the audit, as often as the report shows it.
  static func stacks(of audit: InheritanceAudit) -> [StackNumber] {
    let shown = audit.rows.prefix(JSONRenderer.stackedRows)
    let others = audit.rows.dropFirst(JSONRenderer.stackedRows)
    return shown.flatMap(stacks) + Set(others.lazy.flatMap(stacks)).sorted()
  }

  static func stacks(of row: InheritanceAudit.Row) -> [StackNumber] {
    [row.opened.stack, row.start.stack] + row.handles.map(\.made.stack)
  }

  /// What the report lists of the audit, and how many rows more there are; and by site its
  /// first descriptors that are kept by mistake, of all rows.
  func keptFiles(
    _ resolver: StackResolver
  ) -> (listed: [Report.KeptFile], more: Int, bySite: [Int: Report.Site.Kept]) {
    var listed: [Report.KeptFile] = []
    var more = findings.inheritance.untold.reduce(0) {
      filter.includes(holder: pids[$1.key], opener: nil) ? $0 + $1.value : $0
    }
    var bySite: [Int: Report.Site.Kept] = [:]
    let parties = Dictionary(
      findings.processes.map { ($0.id, $0) }
    ) { first, _ in first }
    let calls = ResolvedCalls(findings.inheritance, resolver)
    for row in findings.inheritance.rows {
      let isListed = listed.count < ListLimits.keptFiles
      let isNews = row.handles.contains { handle in
        !handle.cause.isByDesign && handle.made.site.map { bySite[$0] == nil } == true
      }
      // There may be a million rows, of which few are told.
      guard isListed || isNews else {
        if filter.includes(holder: pids[row.holder], opener: pids[row.opener]) { more += 1 }
        continue
      }
      let kept = keptFile(row, calls, parties)
      for handle in kept.handles where handle.advice != nil {
        guard let site = handle.made.site, bySite[site] == nil else { continue }
        bySite[site] = Report.Site.Kept(handle: handle, start: kept.start.call)
      }
      guard filter.includes(holder: pids[row.holder], opener: pids[row.opener]) else { continue }
      if isListed { listed.append(kept) } else { more += 1 }
    }
    return (listed, more, bySite)
  }

  private func party(
    _ process: Int, _ life: InheritanceAudit.Life, _ parties: [Int: ProcessFinding],
    runs program: String?
  ) -> Report.Party {
    var party = Report.Party(
      process: process,
      name: Report.ProcessName(pid: parties[process]?.pid ?? 0, program: program),
      life: life.rawValue)
    party.isOutOfSight = life == .unknown && parties[process]?.mayRun == true
    return party
  }

  private func name(_ process: Int, _ parties: [Int: ProcessFinding]) -> String? {
    parties[process].flatMap { Self.identity(of: $0).name.program }
  }

  /// A program that is not traced has no name in the trace, unless the call tells it.
  private func holderProgram(
    _ row: InheritanceAudit.Row, _ parties: [Int: ProcessFinding]
  ) -> String? {
    if row.isHolderTraced { return name(row.holder, parties) }
    if let program = parties[row.holder]?.untracedProgram { return String(program.lastComponent) }
    // The record is that of the old program, but for a spawned child's.
    return parties[row.holder]?.isTraced == false ? name(row.holder, parties) : nil
  }

  private func keptFile(
    _ row: InheritanceAudit.Row, _ calls: ResolvedCalls, _ parties: [Int: ProcessFinding]
  ) -> Report.KeptFile {
    let holder = party(row.holder, row.holderLife, parties, runs: holderProgram(row, parties))
    let opener = party(row.opener, row.openerLife, parties, runs: name(row.opener, parties))
    var start = Report.Start(call: calls.call(row.start), by: row.start.by)
    start.program = row.start.program
    start.argv = row.start.program.flatMap { parties[$0]?.argv } ?? []
    var kept = Report.KeptFile(
      holder: holder, opener: opener, opened: calls.call(row.opened),
      handles: row.handles.map { handle($0, of: row, started: start.call, calls, parties) },
      start: start)
    kept.isHolderTraced = row.isHolderTraced
    kept.kind = row.kind.name
    kept.name = row.name
    kept.local = row.local
    kept.remote = row.remote
    kept.state = row.state
    kept.isListening = row.isListening
    kept.isUncertain = row.isUncertain
    kept.keepsAddressBusy = row.keepsAddressBusy
    kept.outlivesOpener = row.outlivesOpener
    return kept
  }

  private func handle(
    _ found: InheritanceAudit.Handle, of row: InheritanceAudit.Row, started: Report.Call,
    _ calls: ResolvedCalls, _ parties: [Int: ProcessFinding]
  ) -> Report.Handle {
    var handle = Report.Handle(
      fds: found.fds, cause: found.cause.code, made: calls.call(found.made))
    handle.isByDesign = found.cause.isByDesign
    if found.cause == .neverSet,
      CloseOnExec.isOwnScript(row.name, handle.made, of: parties[row.opener]?.argv ?? [])
    {
      (handle.cause, handle.isByDesign) = (CloseOnExec.ownScript, true)
    }
    handle.isCertain = found.isCertain
    handle.isDuplicate = found.isDuplicate
    if case .setTooLate(let late) = found.cause {
      handle.lateness = Report.Lateness(
        openedNs: late.openedNs, forkedNs: late.forkedNs, flaggedNs: late.flaggedNs,
        isRace: late.isRace)
    }
    handle.advice = CloseOnExec.advice(for: handle, started: started)
    return handle
  }
}
