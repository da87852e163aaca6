/// What a report is limited to.
public struct ReportFilter: Equatable, Sendable {
  /// Sites with fewer open descriptors are left out.
  public var minimumCount: Int
  /// Only what this process opened or did; verdicts stay those of the whole tree.
  public var pid: Int?
  /// Sites that closed everything are reported too.
  public var includesAll: Bool

  public init(minimumCount: Int = 1, pid: Int? = nil, includesAll: Bool = false) {
    self.minimumCount = minimumCount
    self.pid = pid
    self.includesAll = includesAll
  }

  /// What of a site is left; nil when it is left out.
  func apply(to site: Report.Site, pids: [Int: Int]) -> Report.Site? {
    var site = site
    if let pid {
      let processes = site.byProcess.count
      site.byProcess.removeAll { pids[$0.process] != pid }
      // Its line is that of all.
      if site.byProcess.count < processes { site.timeline = nil }
      guard !site.byProcess.isEmpty else { return nil }
      site.fds.removeAll { pids[$0.process] != pid }
      site.opened = site.byProcess.reduce(0) { $0 &+ $1.opened }
      site.closed = site.byProcess.reduce(0) { $0 &+ $1.closed }
      site.live = site.byProcess.reduce(0) { $0 &+ $1.live }
    }
    if site.live == 0 { return includesAll && minimumCount <= 1 ? site : nil }
    return site.live >= minimumCount ? site : nil
  }

  /// What programs keep belongs to who holds it and to who opened it.
  func includes(_ kept: Report.KeptFile) -> Bool {
    pid == nil || kept.holder.name.pid == pid || kept.opener.name.pid == pid
  }
}
