import LeakAnalysis

/// What a report is limited to.
public struct ReportFilter: Equatable, Sendable {
  /// Sites with fewer open descriptors are left out.
  public var minimumCount: Int
  /// Only what this process opened or did, or has of a launcher that is gone; verdicts stay those
  /// of the whole tree.
  public var pid: Int?
  /// Sites that closed everything are reported too.
  public var includesAll: Bool

  public init(minimumCount: Int = 1, pid: Int? = nil, includesAll: Bool = false) {
    self.minimumCount = minimumCount
    self.pid = pid
    self.includesAll = includesAll
  }

  /// Whether anything of a site is left.
  func includes(_ site: SiteFinding, pids: [Int: Int]) -> Bool {
    guard let pid else { return includes(live: site.live) }
    let parts = site.byProcess.filter { pids[$0.process] == pid }
    guard parts.isEmpty else { return includes(live: parts.reduce(0) { $0 + $1.live }) }
    return site.heirs.contains { pids[$0.process] == pid && includes(live: $0.count) }
  }

  private func includes(live: Int) -> Bool {
    live == 0 ? includesAll && minimumCount <= 1 : live >= minimumCount
  }

  /// What of a site is left; nil when it is left out.
  func apply(to site: consuming Report.Site, pids: [Int: Int]) -> Report.Site? {
    if let pid {
      let processes = site.byProcess.count
      site.byProcess.removeAll { pids[$0.process] != pid }
      // Its line is that of all.
      if site.byProcess.count < processes { site.timeline = nil }
      site.heirs.removeAll { pids[$0.process] != pid }
      site.fds.removeAll { pids[$0.process] != pid }
      guard !site.byProcess.isEmpty else {
        // What it got was opened and closed elsewhere.
        site.live = site.heirs.reduce(0) { $0 + $1.count }
        return site.heirs.isEmpty || !includes(live: site.live) ? nil : site
      }
      site.opened = site.byProcess.reduce(0) { $0.addingWithSaturation($1.opened) }
      site.closed = site.byProcess.reduce(0) { $0.addingWithSaturation($1.closed) }
      site.live = site.byProcess.reduce(0) { $0 + $1.live }
    }
    return includes(live: site.live) ? site : nil
  }

  /// What programs keep belongs to who holds it and to who opened it: their pids.
  func includes(holder: Int?, opener: Int?) -> Bool {
    pid == nil || holder == pid || opener == pid
  }
}
