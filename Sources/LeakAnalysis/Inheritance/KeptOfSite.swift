/// What programs keep of one site's descriptors because somebody forgot close-on-exec.
struct KeptOfSite: Equatable {
  /// `ProcessFinding.id`s.
  var holders: Set<Int> = []
  /// Those that have ended.
  var ended: Set<Int> = []
  /// Descriptors, over all holders.
  var count = 0
  var isListening = false

  /// By `SiteFinding.id`. A duplicate is its own site's: that is the line to change.
  static func bySite(_ audit: InheritanceAudit) -> [Int: Self] {
    var kept: [Int: Self] = [:]
    for row in audit.rows {
      for handle in row.handles where !handle.cause.isByDesign {
        guard let site = handle.made.site else { continue }
        kept[site, default: .init()].holders.insert(row.holder)
        kept[site]?.count += handle.fds.count
        if row.holderLife == .ended { kept[site]?.ended.insert(row.holder) }
        if row.isListening { kept[site]?.isListening = true }
      }
    }
    return kept
  }
}
