import LeakAnalysis
import TraceModel

/// Lets the sites of a line that many stacks lead to be one row, as a report has them: each of
/// them hardly grows, however fast the line does. A line stays one row once it was.
public struct WatchWays: Sendable {
  private struct Line: Hashable {
    /// Innermost first; empty where the program has none.
    var frames: [Frame]
    var call: UInt16
  }

  private var innermost: [WatchSample.SiteID: Line] = [:]
  /// Innermost frames that many had at some look.
  private var crowded: Set<Line> = []
  /// Of the sites that have those.
  private var lines: [WatchSample.SiteID: Line] = [:]
  private var rows: [Line: WatchSample.SiteID] = [:]

  /// A hostile trace could have others at each look.
  private static let limit = 1 << 17

  public init() {}

  /// - Parameter own: is asked of new frames only, where there are many stacks.
  public mutating func merge(
    _ sites: [WatchSample.Site], frames: (StackNumber) -> [Frame], _ own: OwnCode
  ) -> [WatchSample.Site] {
    if innermost.count > Self.limit { self = WatchWays() }
    var calls: [Line: [WatchSample.Site]] = [:]
    for site in sites {
      let call =
        innermost[site.id]
        ?? Line(frames: Array(frames(site.id.stack).prefix(1)), call: site.id.call)
      innermost[site.id] = call
      calls[call, default: []].append(site)
    }
    for (call, sites) in calls where sites.count(where: { $0.live > 0 }) >= Thresholds.ways {
      crowded.insert(call)
    }
    let candidates = calls.filter { crowded.contains($0.key) }.values.joined()
    let new = candidates.map(\.id).filter { lines[$0] == nil }
    if !new.isEmpty {
      let found = OpeningLines(of: new.map { frames($0.stack) }, own)
      for id in new { lines[id] = Line(frames: found.line(of: frames(id.stack)), call: id.call) }
    }
    var merged: [WatchSample.Site] = []
    var others: [WatchSample.Site] = []
    for (line, ways) in Dictionary(grouping: sites, by: { lines[$0.id] }) {
      let most = Thresholds.mostOfOneWay(among: ways.reduce(0) { $0 + $1.live })
      let alike = ways.filter { $0.live <= most }
      guard let line, !line.frames.isEmpty, let first = alike.first,
        rows[line] != nil || alike.count(where: { $0.live > 0 }) >= Thresholds.ways
      else {
        others += ways
        continue
      }
      // Places of their own hold far more than the others.
      others += ways.filter { $0.live > most }
      let row = rows[line] ?? first.id
      rows[line] = row
      merged.append(Self.sum(alike, as: row))
    }
    return merged + others
  }

  private static func sum(
    _ ways: [WatchSample.Site], as id: WatchSample.SiteID
  ) -> WatchSample.Site {
    var sum = WatchSample.Site(id: id, api: ways[0].api)
    for way in ways {
      if way.live > 0 || sum.live == 0 { sum.kind = way.kind }
      sum.live += way.live
      sum.opened = sum.opened.addingWithSaturation(way.opened)
      sum.closed = sum.closed.addingWithSaturation(way.closed)
      sum.isRecounted = sum.isRecounted || way.isRecounted
      if let age = way.ageNs { sum.ageNs = max(sum.ageNs ?? 0, age) }
    }
    sum.ways = ways.count
    let holding = ways.count { $0.live > 0 }
    sum.waysTold = holding > 0 ? holding : ways.count
    return sum
  }
}
