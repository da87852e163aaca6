import LeakAnalysis

/// What an earlier run left open, by fingerprint: what a report is compared with.
public struct Baseline: Equatable, Sendable {
  /// Distinct fingerprints and lines; a text that has more is refused.
  public static let siteLimit = 1 << 17

  /// The file, as it was given.
  public var path: String
  /// By fingerprint, then by line.
  private(set) var sites: [String: [CodeLine?: Site]] = [:]
  /// Of them all.
  private(set) var count = 0
  /// Sites that a filter had left out of the earlier report.
  var omitted = 0
  /// Modules whose functions had no names: fingerprints of their sites are others.
  var bareModules = 0

  struct Site: Equatable, Sendable {
    var live = 0
    /// The worst, suppressions apart; nil when it is not one of ours.
    var verdict: Verdict?
    var subject: Report.Subject

    mutating func add(_ other: Site) {
      live = live.addingWithSaturation(other.live)
      subject.live = live
      verdict = [verdict, other.verdict].compactMap { $0 }.min()
    }

    /// Without ties that show.
    func ranksBefore(_ other: Self) -> Bool {
      let (worst, otherWorst) = (verdict ?? .clean, other.verdict ?? .clean)
      if worst != otherWorst { return worst < otherWorst }
      return (other.live, subject.title) < (live, other.subject.title)
    }
  }

  /// Takes a report as it is: on the whole trace, it should be.
  public init(_ report: Report) {
    path = report.trace.path
    omitted = report.omitted.sites
    bareModules = report.bareModules.count
    for site in report.sites { add(site) }
  }

  init(path: String) { self.path = path }

  /// Sites with nothing open are none.
  mutating func add(_ site: Report.Site) {
    guard site.live > 0 else { return }
    add(
      Site(live: site.live, verdict: site.found, subject: Report.Subject(site)),
      named: site.fingerprint, at: CodeLine(site.stack))
  }

  /// False when there is no room for it.
  @discardableResult
  mutating func add(_ site: Site, named fingerprint: String, at line: CodeLine?) -> Bool {
    if sites[fingerprint]?[line]?.add(site) != nil { return true }
    guard count < Self.siteLimit else { return false }
    sites[fingerprint, default: [:]][line] = site
    count += 1
    return true
  }
}
