import LeakAnalysis

extension Report {
  /// What became of the sites of an earlier run, matched by fingerprint.
  public struct Comparison: Equatable, Sendable {
    /// The earlier trace or report.
    public var baseline: String
    /// Sites that a filter had left out there: some that look new may be old.
    public var baselineOmitted = 0
    /// Modules without symbols there: their sites have other fingerprints than with them.
    public var baselineBareModules = 0
    /// What changed first, in the order of `Change`; then worst first.
    public var rows: [Row] = []

    /// Leaks that are new or have grown, suppressed ones apart: fingerprints, not sites.
    public var newLeaks: Int { rows.count { $0.change <= .grown && $0.verdict == .leak } }

    public func count(_ change: Change) -> Int { rows.count { $0.change == change } }
  }

  /// The raw value is the name used in JSON.
  public enum Change: String, CaseIterable, Comparable, Sendable {
    case new
    /// More is open, or the verdict is a worse one.
    case grown
    case shrunk, gone, unchanged

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
  }

  /// What is open, and was, at the sites of one fingerprint.
  public struct Row: Equatable, Sendable {
    public var change: Change
    public var fingerprint: String
    /// The worst now; nil when it is gone.
    public var verdict: Verdict?
    /// The worst before, suppressions apart; nil when it is new.
    public var verdictBefore: Verdict?
    /// Descriptors of the whole process tree.
    public var live: Int
    public var liveBefore: Int
    public var subject: Subject
    /// `Site.id`s, in their order.
    public var sites: [Int] = []

    /// `tcp sockets from socket() in dial at client.c:38`
    public var title: String { subject.title }
  }

  /// What people know a site by, whichever run it is of.
  public struct Subject: Equatable, Sendable {
    public var kind: String
    /// How many are open.
    public var live: Int
    public var api: String
    /// Of the frame to look at first, as sentences name it.
    public var function: String?
    /// `client.c:38`; nil without a stack.
    public var place: String?

    public init(_ site: Site) {
      (kind, live, api) = (site.kind, site.live, site.api)
      function = site.stack.focus?.function.map(SpokenName.of)
      place = site.stack.focus?.shortPlace
    }

    /// `tcp sockets from socket() in dial at client.c:38`
    public var title: String {
      let inside = function.map { " in \($0)" } ?? ""
      let position = place.map { "\(inside) at \($0)" } ?? ", stack not recorded"
      return "\(Narrative.plural(kind, live)) from \(api)()\(position)"
    }
  }
}

extension Baseline {
  /// Compares with what is open now: `sites` are all of the trace, of which `shown` are reported.
  func compared(
    with sites: [Report.Site], shown: Set<Int>
  ) -> Report.Comparison {
    var groups: [String: [Report.Site]] = [:]
    for site in sites where site.live > 0 { groups[site.fingerprint, default: []].append(site) }
    var rows = groups.compactMap { fingerprint, group -> Report.Row? in
      guard group.contains(where: { shown.contains($0.id) }) else { return nil }
      return row(fingerprint, group)
    }
    for (fingerprint, before) in self.sites where groups[fingerprint] == nil {
      rows.append(
        Report.Row(
          change: .gone, fingerprint: fingerprint, verdict: nil, verdictBefore: before.verdict,
          live: 0, liveBefore: before.live, subject: before.subject))
    }
    rows.sort { $0.ranksBefore($1) }
    return Report.Comparison(
      baseline: path, baselineOmitted: omitted, baselineBareModules: bareModules, rows: rows)
  }

  private func row(_ fingerprint: String, _ group: [Report.Site]) -> Report.Row? {
    guard let first = group.first else { return nil }
    let live = group.reduce(0) { $0 + $1.live }
    var row = Report.Row(
      change: .new, fingerprint: fingerprint, verdict: group.map(\.verdict).min(), live: live,
      liveBefore: 0, subject: Report.Subject(first), sites: group.map(\.id))
    guard let before = sites[fingerprint] else { return row }
    row.verdictBefore = before.verdict
    row.liveBefore = before.live
    let isWorse = before.verdict.map { was in group.contains { $0.found < was } } ?? false
    row.change =
      live > before.live || isWorse ? .grown : live < before.live ? .shrunk : .unchanged
    return row
  }
}

extension Report.Row {
  /// Without ties: fingerprints differ.
  fileprivate func ranksBefore(_ other: Self) -> Bool {
    let worst = verdict ?? verdictBefore ?? .clean
    let otherWorst = other.verdict ?? other.verdictBefore ?? .clean
    if change != other.change { return change < other.change }
    if worst != otherWorst { return worst < otherWorst }
    return (other.live, other.liveBefore, fingerprint)
      < (live, liveBefore, other.fingerprint)
  }
}

extension Report {
  /// Compares the sites of the report with a baseline; `all` are those of the whole trace.
  mutating func compare(with baseline: Baseline, all: [Site]) {
    let made = baseline.compared(with: all, shown: Set(sites.map(\.id)))
    let changes = Dictionary(made.rows.map { ($0.fingerprint, $0.change) }) { first, _ in first }
    for index in sites.indices where sites[index].live > 0 {
      sites[index].change = changes[sites[index].fingerprint]
    }
    comparison = made
  }
}
