import TraceModel

/// Makes the rows of the audit. An object: they are made by it one by one, without a copy of all
/// that it knows for each.
final class InheritanceRowMaker {
  let trace: Trace
  let views: [ProcessView]
  let sites: SiteGrouping
  let lives: Lives
  let population: Population
  let lineage: Lineage
  let history: CloseOnExecHistory
  let inUse: ListenersInUse
  private let refused: RefusedBinds
  private let last: LastPrograms

  init(
    trace: Trace, views: [ProcessView], sites: SiteGrouping, lives: Lives, population: Population,
    lineage: Lineage, history: CloseOnExecHistory, inUse: ListenersInUse
  ) {
    (self.trace, self.views, self.sites, self.lives) = (trace, views, sites, lives)
    (self.population, self.lineage) = (population, lineage)
    (self.history, self.inUse) = (history, inUse)
    refused = RefusedBinds(trace)
    last = LastPrograms(trace.processes)
  }

  /// `kept` are of one open file in one process, and at least one.
  func row(_ kept: [KeptDescriptor]) -> InheritanceAudit.Row {
    let (view, way) = (views[kept[0].view], kept[0].way)
    let root = lineage.root(of: kept[0].held)
    // Of duplicates one may have been looked at.
    let shown = kept.first { $0.held.detail != nil }?.held ?? kept[0].held
    var row = InheritanceAudit.Row(
      holder: view.process.id, opener: root.origin, opened: call(root), start: start(way, view))
    row.holderLife = lives.life(of: view.process.id)
    row.isHolderTraced = !view.goesOnUntraced && view.isTraced
    row.kind = shown.kind
    row.name = shown.displayName
    (row.local, row.state) = shown.ownAddress(refused)
    row.remote = shown.detail?.remote?.description
    row.isListening = kept.contains { $0.held.isListening }
    row.isUncertain = kept.contains { $0.held.flags.contains(.uncertain) }
    row.openerLife = lives.life(of: root.origin)
    row.handles = handles(kept)
    row.outlivesOpener = row.holderLife != .ended || hadLonger(view.process.id, root)
    row.keepsAddressBusy =
      row.isListening && row.isAccused && row.openerLife == .ended && row.holderLife != .ended
      && !kept.contains { inUse.contains($0.held) }
    return row
  }

  /// Whether a process that has ended is known to have lived when the opener had it no more.
  private func hadLonger(_ holder: Int, _ root: Descriptor) -> Bool {
    guard let end = endTicks(of: holder) else { return false }
    let release = [endTicks(of: root.origin), population[root.origin]?.whenGone(root)]
    return release.contains { $0.map { $0 < end } == true }
  }

  /// Of the process, whatever programs it ran; nil where that is not known.
  private func endTicks(of program: Int) -> UInt64? {
    population[last.program(after: program)]?.endTicks
  }

  private func handles(_ kept: [KeptDescriptor]) -> [InheritanceAudit.Handle] {
    struct Key: Hashable {
      var site: UInt32
      var stack: StackNumber
      var call: UInt16
      var cause: String
    }
    var handles: [Key: InheritanceAudit.Handle] = [:]
    for descriptor in kept {
      let held = descriptor.held
      let cause = history.cause(
        of: held, on: descriptor.way, in: views[descriptor.view].process.id)
      let key = Key(site: held.site, stack: held.stack, call: held.call, cause: cause.code)
      handles[
        key,
        default: .init(
          fds: [], cause: cause, isCertain: cause != .neverSet || trace.events.isTotalExact,
          made: call(held), isDuplicate: lineage.isDuplicate(held))
      ].fds.append(held.fd)
    }
    // They come in order of fd but for the process's own before what it inherited.
    return handles.values.map { handle in
      var handle = handle
      handle.fds.sort()
      return handle
    }.sorted {
      ($0.cause.isByDesign ? 1 : 0, $0.fds[0]) < ($1.cause.isByDesign ? 1 : 0, $1.fds[0])
    }
  }

  private func call(_ opening: Descriptor) -> InheritanceAudit.Call {
    .init(
      api: trace.callName(opening.call), stack: opening.stack, site: sites.group(of: opening),
      atNs: trace.clock.nanoseconds(at: opening.openedTicks), thread: opening.thread)
  }

  /// Of the last exec, into a program that is not traced, the old one's record tells.
  private func start(_ way: Ancestry.Way, _ view: ProcessView) -> InheritanceAudit.Start {
    guard let started = way.started.flatMap({ population[$0] }) else {
      let process = view.process
      return .init(
        api: trace.callName(process.execCall), stack: process.execStack,
        atNs: process.endTicks.flatMap(trace.clock.nanoseconds), by: process.id)
    }
    return .init(
      api: trace.callName(started.bornCall), stack: started.bornStack,
      atNs: trace.clock.nanoseconds(at: started.startTicks), by: way.starter,
      program: started.flags.contains(.attached) ? started.id : nil)
  }
}
