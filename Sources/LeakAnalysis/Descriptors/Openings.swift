import TraceModel

/// Tells who opened what processes got, and where. It is there for as long as the findings, so
/// it keeps nothing else of the sites, which may have a million shares.
struct Openings: Sendable {
  struct Opening {
    /// `ProcessFinding.id`.
    var process: Int?
    /// `SiteFinding.id`.
    var site: Int?
  }

  private let sites: [UInt32: SiteGrouping.Membership]
  private let processes: Set<Int>

  init(_ sites: [UInt32: SiteGrouping.Membership] = [:], of processes: Set<Int> = []) {
    (self.sites, self.processes) = (sites, processes)
  }

  /// What is not known is nil.
  func opening(of descriptor: Descriptor) -> Opening {
    guard descriptor.via != .outside, processes.contains(descriptor.origin) else {
      return Opening()
    }
    let site = sites[descriptor.site].flatMap { $0.call == descriptor.call ? $0.group : nil }
    return Opening(process: descriptor.origin, site: site)
  }
}
