/// What programs keep of one site's descriptors because somebody forgot close-on-exec.
struct KeptOfSite: Equatable {
  /// `ProcessFinding.id`s.
  var holders: Set<Int> = []
  /// Descriptors, over all holders.
  var count = 0
  var isListening = false
  /// Holders that have ended, and what they held.
  var ended: Set<Int> = []
  var endedCount = 0

  /// By `SiteFinding.id`. A duplicate is its own site's: that is the line to change.
  static func bySite(_ audit: InheritanceAudit) -> [Int: Self] {
    var kept: [Int: Self] = [:]
    for row in audit.rows {
      for handle in row.handles where !handle.cause.isByDesign {
        guard let site = handle.made.site else { continue }
        kept[site, default: .init()].holders.insert(row.holder)
        kept[site]?.count += handle.fds.count
        if row.holderLife == .ended {
          kept[site]?.ended.insert(row.holder)
          kept[site]?.endedCount += handle.fds.count
        }
        if row.isListening { kept[site]?.isListening = true }
      }
    }
    return kept
  }
}
