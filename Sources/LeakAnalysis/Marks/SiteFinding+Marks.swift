import TraceModel

extension SiteFinding {
  /// Descriptors of one process that are open at the site and belong to one mark.
  public struct MarkCount: Equatable, Sendable {
    public internal(set) var process: Int
    /// Index in `Findings.marks`; nil: to none.
    public internal(set) var mark: Int?
    public internal(set) var count: Int
  }

  /// In order of process, then mark.
  static func marks(
    of shares: ArraySlice<SiteGroup.Share>, _ grouping: SiteGrouping, by marks: Marks
  ) -> [MarkCount] {
    guard !marks.isEmpty else { return [] }
    return shares.flatMap { share in
      var counts: [Int: Int] = [:]
      for descriptor in grouping.live(share) {
        counts[marks.index(of: descriptor) ?? -1, default: 0] += 1
      }
      return counts.sorted { $0.key < $1.key }.map { mark, count in
        MarkCount(process: share.process, mark: mark < 0 ? nil : mark, count: count)
      }
    }
  }
}
