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

    /// Leaks that are new or have grown, suppressed ones apart: rows, not sites.
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

  /// What is open, and was, at the sites of one fingerprint, or of one line of it.
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
    /// What it was known by in the baseline, where that was in other lines.
    public var moved: Subject?
    /// `Site.id`s, in their order.
    public var sites: [Int] = []

    /// `tcp sockets from socket() in dial at client.c:38, was at client.c:35`
    public var title: String { subject.title + (movedPhrase ?? "") }

    /// `, was at client.c:35`
    var movedPhrase: String? { moved?.places.map { ", was at \($0)" } }
  }
}

extension Baseline {
  /// Compares with what is open now: `sites` are all of the trace, of which `shown` are reported.
  func compared(
    with sites: [Report.Site], shown: Set<Int>
  ) -> Report.Comparison {
    var groups: [String: [Report.Site]] = [:]
    for site in sites where site.live > 0 { groups[site.fingerprint, default: []].append(site) }
    var rows: [Report.Row] = []
    for fingerprint in Set(groups.keys).union(self.sites.keys) {
      let (group, before) = (groups[fingerprint] ?? [], self.sites[fingerprint] ?? [:])
      rows += Self.pairs(group, before).compactMap { now, then in
        guard now.isEmpty || now.contains(where: { shown.contains($0.id) }) else { return nil }
        return Report.Row(fingerprint, now, then)
      }
    }
    rows.sort { $0.ranksBefore($1) }
    return Report.Comparison(
      baseline: path, baselineOmitted: omitted, baselineBareModules: bareModules, rows: rows)
  }

  /// The sites of one fingerprint that are held against each other: by their lines where both
  /// reports are of one build, since what is in another line of it is another leak.
  private static func pairs(
    _ group: [Report.Site], _ before: [CodeLine?: Site]
  ) -> [(now: [Report.Site], before: [CodeLine?: Site])] {
    let now = Dictionary(grouping: group) { CodeLine($0.stack) }
    let lines = Array(now.keys) + Array(before.keys)
    guard !now.isEmpty, !before.isEmpty, lines.areOfOneBuild else { return [(group, before)] }
    return Set(lines).map { line in (now[line] ?? [], before.filter { $0.key == line }) }
  }
}

extension Report.Row {
  /// - Parameter group: in the order of the report, none when they are gone.
  fileprivate init?(
    _ fingerprint: String, _ group: [Report.Site], _ before: [CodeLine?: Baseline.Site]
  ) {
    let sites = before.values.sorted { $0.ranksBefore($1) }
    let was = Report.Subject(sites.map(\.subject))
    guard let subject = Report.Subject(group.map(Report.Subject.init)) ?? was else { return nil }
    self.init(
      change: .new, fingerprint: fingerprint, verdict: group.map(\.verdict).min(),
      verdictBefore: sites.compactMap(\.verdict).min(), live: group.isEmpty ? 0 : subject.live,
      liveBefore: was?.live ?? 0, subject: subject, sites: group.map(\.id))
    guard let was else { return }
    guard !group.isEmpty else {
      change = .gone
      return
    }
    let isWorse = verdictBefore.map { was in group.contains { $0.found < was } } ?? false
    change = live > liveBefore || isWorse ? .grown : live < liveBefore ? .shrunk : .unchanged
    if let then = before.keys.numbers, let now = group.map({ CodeLine($0.stack) }).numbers,
      then != now
    {
      moved = was
    }
  }

  /// Without ties: where fingerprints are the same, places differ.
  fileprivate func ranksBefore(_ other: Self) -> Bool {
    let worst = verdict ?? verdictBefore ?? .clean
    let otherWorst = other.verdict ?? other.verdictBefore ?? .clean
    if change != other.change { return change < other.change }
    if worst != otherWorst { return worst < otherWorst }
    return (other.live, other.liveBefore, fingerprint, title)
      < (live, liveBefore, other.fingerprint, other.title)
  }
}

extension Report {
  /// Compares the sites of the report with a baseline; `all` are those of the whole trace.
  mutating func compare(with baseline: Baseline, all: [Site]) {
    let made = baseline.compared(with: all, shown: Set(sites.map(\.id)))
    let changes = Dictionary(
      made.rows.flatMap { row in row.sites.map { ($0, row.change) } }
    ) { first, _ in first }
    for index in sites.indices { sites[index].change = changes[sites[index].id] }
    comparison = made
  }
}
