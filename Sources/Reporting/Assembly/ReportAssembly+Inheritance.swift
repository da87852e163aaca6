import LeakAnalysis
import TraceModel

extension ReportAssembly {
  /// Every stack of the audit, as often as the report shows it.
  static func stacks(of audit: InheritanceAudit) -> [StackNumber] {
    let shown = audit.rows.prefix(JSONRenderer.stackedRows)
    let others = audit.rows.dropFirst(JSONRenderer.stackedRows)
    return shown.flatMap(stacks) + Set(others.lazy.flatMap(stacks)).sorted()
  }

  private static func stacks(of row: InheritanceAudit.Row) -> [StackNumber] {
    [row.opened.stack, row.start.stack] + row.handles.map(\.made.stack)
  }

  /// The audit's rows in their order.
  func keptFiles(_ resolver: StackResolver) -> [Report.KeptFile] {
    let parties = Dictionary(
      findings.processes.map { ($0.id, $0) }
    ) { first, _ in first }
    return findings.inheritance.rows.map { row in
      let holder = party(row.holder, row.holderLife, parties, runs: holderProgram(row, parties))
      let opener = party(row.opener, row.openerLife, parties, runs: name(row.opener, parties))
      return keptFile(row, holder: holder, opener: opener, resolver, parties)
    }
  }

  /// What is advised about the first descriptor of each site.
  static func adviceBySite(_ kept: [Report.KeptFile]) -> [Int: String] {
    var advice: [Int: String] = [:]
    for handle in kept.lazy.flatMap(\.handles) {
      guard let site = handle.made.site, advice[site] == nil else { continue }
      advice[site] = handle.advice
    }
    return advice
  }

  private func party(
    _ process: Int, _ life: InheritanceAudit.Life, _ parties: [Int: ProcessFinding],
    runs program: String?
  ) -> Report.Party {
    Report.Party(
      process: process,
      name: Report.ProcessName(pid: parties[process]?.pid ?? 0, program: program),
      life: life.rawValue)
  }

  private func name(_ process: Int, _ parties: [Int: ProcessFinding]) -> String? {
    parties[process].flatMap { Self.identity(of: $0).name.program }
  }

  /// A program that is not traced has no name in the trace, unless the call tells it.
  private func holderProgram(
    _ row: InheritanceAudit.Row, _ parties: [Int: ProcessFinding]
  ) -> String? {
    if row.isHolderTraced { return name(row.holder, parties) }
    if row.start.api == "system" || row.start.api.hasSuffix("popen") { return "sh" }
    // The record is that of the old program, but for a spawned child's.
    return parties[row.holder]?.isTraced == false ? name(row.holder, parties) : nil
  }

  private func keptFile(
    _ row: InheritanceAudit.Row, holder: Report.Party, opener: Report.Party,
    _ resolver: StackResolver, _ parties: [Int: ProcessFinding]
  ) -> Report.KeptFile {
    let opened = call(row.opened, resolver)
    var start = Report.Start(
      call: Report.Call(api: row.start.api, stack: resolver.stack(row.start.stack)),
      by: row.start.by)
    start.call.atNs = row.start.atNs
    start.program = row.start.program
    start.argv = row.start.program.flatMap { parties[$0]?.argv } ?? []
    var kept = Report.KeptFile(
      holder: holder, opener: opener, opened: opened,
      handles: row.handles.map { handle($0, started: start.call, resolver) }, start: start)
    kept.isHolderTraced = row.isHolderTraced
    kept.kind = row.kind.name
    kept.name = row.name
    kept.local = row.local
    kept.remote = row.remote
    kept.state = row.state
    kept.isListening = row.isListening
    kept.isUncertain = row.isUncertain
    kept.keepsAddressBusy = row.keepsAddressBusy
    return kept
  }

  private func call(_ found: InheritanceAudit.Call, _ resolver: StackResolver) -> Report.Call {
    var call = Report.Call(
      api: found.api, stack: resolver.stack(found.stack), site: found.site)
    call.atNs = found.atNs
    call.thread = found.thread
    return call
  }

  private func handle(
    _ found: InheritanceAudit.Handle, started: Report.Call, _ resolver: StackResolver
  ) -> Report.Handle {
    var handle = Report.Handle(
      fds: found.fds, cause: found.cause.code, made: call(found.made, resolver))
    handle.isByDesign = found.cause.isByDesign
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
