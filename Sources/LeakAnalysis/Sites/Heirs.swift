import TraceModel

/// Who has descriptors of a site by fork after those that opened them have ended: a daemon has
/// what its launcher opened.
struct Heirs {
  /// By `SiteGroup.id`, in order of process: those that may live, or else the last that ended.
  private var bySite: [Int: [SiteFinding.Heir]] = [:]

  /// More are not told: a small trace can have thousands of children share one table.
  private static let limit = 1 << 18

  init(_ views: [ProcessView], _ grouping: SiteGrouping) {
    let byID = Dictionary(views.map { ($0.process.id, $0) }) { first, _ in first }
    let last = LastPrograms(views.map(\.process))
    /// Of the only heir that a site has as yet, where that has ended.
    var ends: [Int: UInt64] = [:]
    var room = Self.limit
    for view in views where !view.continues {
      // A thousand descriptors have few openers.
      var outlived: [Int: Bool] = [:]
      var counts: [Int: Int] = [:]
      for descriptor in view.inherited where descriptor.via == .fork {
        let isHeir =
          outlived[descriptor.origin]
          ?? byID[last.program(after: descriptor.origin)].map(view.outlived) ?? false
        outlived[descriptor.origin] = isHeir
        guard isHeir, let site = grouping.group(of: descriptor) else { continue }
        counts[site, default: 0] += 1
      }
      for (site, count) in counts.sorted(by: { $0.key < $1.key }) where room > 0 {
        room -= 1
        let heir = SiteFinding.Heir(process: view.process.id, count: count)
        if view.mayLive {
          if ends.removeValue(forKey: site) != nil { bySite[site] = nil }
          bySite[site, default: []].append(heir)
        } else if bySite[site] == nil || ends[site] ?? .max < view.endTicks {
          ends[site] = view.endTicks
          bySite[site] = [heir]
        }
      }
    }
  }

  subscript(site: Int) -> [SiteFinding.Heir] { bySite[site] ?? [] }
}

extension ProcessView {
  fileprivate var mayLive: Bool { endKind == .running || mayRun }

  fileprivate func outlived(_ opener: ProcessView) -> Bool {
    guard !opener.mayLive, opener.endKind != .exec, let end = opener.process.endTicks else {
      return false
    }
    return mayLive || (process.endTicks ?? 0) > end
  }
}
