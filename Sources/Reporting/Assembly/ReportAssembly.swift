import LeakAnalysis
import Suppressions
import Symbolication
import TraceModel

/// Joins findings with symbols in two steps, so that the caller does the looking up:
///
///     let assembly = ReportAssembly(findings, tracePath: path, filter: filter)
///     let symbols = Symbolizer(recorded: Set(trace.calls)).symbolize(assembly.requests)
///     let report = assembly.report(symbols: symbols)
public struct ReportAssembly: Sendable {
  let findings: Findings
  let tracePath: String
  let filter: ReportFilter
  private let suppressions: SuppressionList
  private let holders: KnownHolders
  private let baseline: Baseline?
  private let planned: StackResolver
  /// Sites that are looked at, in rank order: those that pass the filter, and with
  /// suppressions or a baseline all that have something open, to tell what is used and gone.
  private let examined: [Int]
  private let otherWays: OtherWays
  let pids: [Int: Int]
  /// How long the lists of what processes inherited get.
  private let inheritedLimit: Int

  public init(
    _ findings: Findings, tracePath: String, generated: GeneratedCode = .none,
    filter: ReportFilter = ReportFilter(),
    suppressions: SuppressionList = SuppressionList(), holders: KnownHolders = .none,
    baseline: Baseline? = nil
  ) {
    self.findings = findings
    self.tracePath = tracePath
    self.filter = filter
    self.suppressions = suppressions
    self.holders = holders
    self.baseline = baseline
    let needsAll = !suppressions.isEmpty || baseline != nil
    let pids = Dictionary(findings.processes.map { ($0.id, $0.pid) }) { first, _ in first }
    self.pids = pids
    examined = findings.sites.indices.filter { index in
      needsAll && findings.sites[index].live > 0
        || filter.includes(findings.sites[index], pids: pids)
    }
    let inheritedLimit = ListLimits.length(
      of: findings.processes.filter { filter.pid == nil || $0.pid == filter.pid }
        .map(\.inherited.count), room: ListLimits.descriptors)
    self.inheritedLimit = inheritedLimit
    otherWays = OtherWays(findings, sites: examined)
    planned = StackResolver(
      findings, generated: generated,
      uses: Self.stacks(of: findings, sites: examined, inherited: inheritedLimit)
        + otherWays.stacks,
      sites: examined.map { findings.sites[$0].stack } + Self.otherPlaces(of: findings))
  }

  /// What has to be looked up, one request for each module.
  public var requests: [Symbolizer.Request] { planned.requests }

  /// Builds the report from the results of `requests`, in their order.
  public func report(symbols: [ModuleSymbols]) -> Report {
    var resolver = planned
    resolver.take(symbols)
    var report = Report(trace: summary())
    report.includesAll = filter.includesAll
    report.timeline = timeline()
    let openers = openers(resolver)
    let (inheritance, moreInherited, kept) = keptFiles(resolver)
    report.inheritance = inheritance
    report.unlisted.keptFiles = moreInherited
    let fds = examined.map { chosen(findings.sites[$0].fds) }
    let fdLimit = ListLimits.length(of: fds.map(\.count), room: ListLimits.descriptors)
    var sites = zip(examined, fds).map { index, fds in
      let finding = findings.sites[index]
      func told(_ finding: SiteFinding) -> Report.Site {
        site(
          finding, fds, atMost: fdLimit, resolver, openers, kept: kept[finding.id],
          elsewhere: otherWays.closer(of: finding, resolver))
      }
      let first = told(finding)
      let holder = holders.holder(of: first, way: resolver.stack(ifAny: finding.way))
      return holder.map { told(finding.held(by: $0)) } ?? first
    }
    TwinSites.tellApart(&sites)
    report.suppressions = Self.suppress(&sites, by: suppressions)
    report.sites = sites.compactMap { filter.apply(to: $0, pids: pids) }
    report.marks = marks(at: report.sites)
    Self.cutMarks(of: &report.sites)
    if let baseline { report.compare(with: baseline, all: sites) }
    report.omitted = omitted(of: sites, shown: report.sites)
    report.unlisted.sites = findings.untold.sites
    report.unlisted.descriptors = findings.untold.descriptors
    let names = Dictionary(
      findings.processes.map { ($0.id, Self.identity(of: $0).name) }
    ) { first, _ in first }
    let processes = findings.processes.filter { filter.pid == nil || $0.pid == filter.pid }
    let unseen = ListLimits.length(of: processes.map(\.unseen.count), room: ListLimits.descriptors)
    report.processes = processes.map {
      process($0, inherited: inheritedLimit, unseen: unseen, resolver, openers, names)
    }
    let misuse = shownMisuse
    let told = misuse.prefix(ListLimits.misuses).map { self.misuse($0, resolver) }
    report.misuse = AlikeMisuses.joined(
      filter.includesAll ? told : told.filter { !$0.isHabitOfShell })
    report.unlisted.misuses = misuse.count - told.count
    report.modules = resolver.shownModules
    report.bareModules = resolver.bareModules(of: report.sites)
    report.codeMaps = resolver.codeMaps
    return report
  }

  /// What the filter leaves of a site's descriptors.
  private func chosen(_ fds: OpenDescriptors) -> OpenDescriptors {
    guard let pid = filter.pid else { return fds }
    return fds.filter { pids[$0] == pid }
  }

  private var shownMisuse: [LeakAnalysis.Misuse] {
    findings.misuse.filter {
      (filter.pid == nil || pids[$0.process] == filter.pid)
        && (filter.includesAll || $0.kind != .closeNeverOpened)
    }
  }

  private func omitted(of sites: [Report.Site], shown: [Report.Site]) -> Report.Omitted {
    var omitted = Report.Omitted()
    // Each that is shown was told; there are as many as were found, unless some are left out.
    guard shown.count < findings.sites.count else { return omitted }
    let verdicts = Dictionary(sites.map { ($0.id, $0.verdict) }) { first, _ in first }
    let shown = Set(shown.map { $0.id })
    for site in findings.sites where site.live > 0 && !shown.contains(site.id) {
      omitted.sites += 1
      omitted.descriptors += site.live
      if (verdicts[site.id] ?? site.verdict) == .leak { omitted.leaks += 1 }
    }
    return omitted
  }

  /// By `SiteFinding.id`.
  typealias Openers = [Int: (place: String, api: String)]

  /// Where each site's descriptors come from, for what is told of them elsewhere.
  private func openers(_ resolver: StackResolver) -> Openers {
    let wanted = Self.sitesNamed(by: findings, inherited: inheritedLimit)
    var places: Openers = [:]
    for site in findings.sites where wanted.contains(site.id) {
      guard let frame = resolver.stack(site.stack).focus else { continue }
      places[site.id] = (frame.placeInSource, site.api)
    }
    return places
  }

  /// Every stack that the report shows, as often as it does.
  private static func stacks(
    of findings: Findings, sites: [Int], inherited: Int
  ) -> [StackNumber] {
    var stacks: [StackNumber] = []
    for site in sites.lazy.map({ findings.sites[$0] }) {
      stacks.append(site.stack)
      if let way = site.way { stacks.append(way) }
      stacks += site.closeSites.prefix(ListLimits.closers).map(\.stack)
      stacks += site.notes.map(\.stack)
      stacks += site.reasons.compactMap(\.stack)
      stacks += site.causes.map(\.stack)
    }
    let named = sitesNamed(by: findings, inherited: inherited)
    for site in findings.sites where named.contains(site.id) { stacks.append(site.stack) }
    stacks += findings.processes.compactMap(\.limitHit?.stack)
    for misuse in findings.misuse.prefix(ListLimits.misuses) { stacks += misuse.stacks }
    stacks += Self.stacks(of: findings.inheritance)
    return stacks
  }

  /// Stacks that fingerprints are made of beside those of sites.
  private static func otherPlaces(of findings: Findings) -> [StackNumber] {
    findings.misuse.prefix(ListLimits.misuses).map(\.stack)
      + findings.inheritance.rows.flatMap(stacks)
  }

  /// Sites that are told of outside of their own part of the report.
  /// - Parameter inherited: how much of what each process inherited is listed.
  private static func sitesNamed(by findings: Findings, inherited: Int) -> Set<Int> {
    var sites: Set<Int> = []
    for process in findings.processes {
      sites.formUnion(process.inherited.prefix(inherited).compactMap(\.site))
      sites.formUnion((process.limitHit?.holders ?? []).map(\.site))
      sites.formUnion((process.closedAtEnd?.holders ?? []).map(\.site))
    }
    for case let sharing? in findings.sites.lazy.map(\.sharing) {
      if let original = sharing.original { sites.insert(original) }
      sites.formUnion(sharing.others.map(\.site))
    }
    return sites
  }
}
