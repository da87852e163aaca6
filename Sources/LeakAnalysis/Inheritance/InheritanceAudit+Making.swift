import TraceModel

extension InheritanceAudit {
  init(_ crossings: ExecCrossings, sites: SiteGrouping) {
    let kept = crossings.kept
    let maker = InheritanceRowMaker(
      trace: crossings.trace, views: crossings.views, sites: sites, lives: crossings.lives,
      population: crossings.population, lineage: Lineage(crossings.trace.processes),
      history: crossings.history, inUse: kept.inUse)
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
