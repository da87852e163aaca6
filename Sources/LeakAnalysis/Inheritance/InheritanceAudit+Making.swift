import TraceModel

extension InheritanceAudit {
  /// `running` and `gone`: the processes that the caller knows to be alive, or not to be.
  init(
    _ trace: Trace, _ views: [ProcessView], sites: SiteGrouping, running: Set<Int>, gone: Set<Int>
  ) {
    let population = Population(trace.processes)
    let lives = Lives(trace.processes, running: running, gone: gone)
    let kept = KeptDescriptors(views, population, lives)
    var numbers: Set<FlagHistory.Number> = []
    for descriptor in kept.found {
      for process in [descriptor.way.opener, descriptor.way.starter] {
        guard let fd = population[process]?.entry(of: descriptor.held)?.fd else { continue }
        numbers.insert(.init(process: process, fd: fd))
      }
    }
    let maker = InheritanceRowMaker(
      trace: trace, views: views, sites: sites, lives: lives, population: population,
      lineage: Lineage(trace.processes),
      history: CloseOnExecHistory(
        trace: trace, population: population,
        flags: FlagHistory(trace.events, of: numbers), named: NamedNumbers(population),
        served: ServedListeners(trace, population)),
      inUse: kept.inUse)
    untold = kept.untold
    let unsorted = kept.byOpenFile.map { maker.row($0) }
    // A row is large: it is moved once.
    rows = unsorted.map(\.sortKey).enumerated().sorted { $0.element < $1.element }
      .map { unsorted[$0.offset] }
  }
}

extension InheritanceAudit.Row {
  /// The order of a table, without ties: of one process no two rows have the same fd.
  fileprivate var sortKey: (Int, Int, Int, Int, Int) {
    (
      isListening ? 0 : 1, keepsAddressBusy ? 0 : 1, isAccused ? 0 : 1, holder,
      handles[0].fds[0]
    )
  }
}
