import LeakAnalysis
import Symbolication
import TraceModel

/// Joins findings with symbols in two steps, so that the caller does the looking up:
///
///     let assembly = ReportAssembly(findings, tracePath: path, filter: filter)
///     let symbols = Symbolizer().symbolize(assembly.requests)
///     let report = assembly.report(symbols: symbols)
public struct ReportAssembly: Sendable {
  let findings: Findings
  let tracePath: String
  private let filter: ReportFilter
  private let planned: StackResolver
  /// Sites that pass the filter, in rank order.
  private let kept: [Int]
  private let pids: [Int: Int]

  public init(_ findings: Findings, tracePath: String, filter: ReportFilter = ReportFilter()) {
    self.findings = findings
    self.tracePath = tracePath
    self.filter = filter
    let pids = Dictionary(findings.processes.map { ($0.id, $0.pid) }) { first, _ in first }
    self.pids = pids
    kept = findings.sites.indices.filter { index in
      filter.apply(to: Self.counts(of: findings.sites[index]), pids: pids) != nil
    }
    planned = StackResolver(findings, uses: Self.stacks(of: findings, sites: kept))
  }

  /// What has to be looked up, one request for each module.
  public var requests: [Symbolizer.Request] { planned.requests }

  /// Builds the report from the results of `requests`, in their order.
  public func report(symbols: [ModuleSymbols]) -> Report {
    var resolver = planned
    resolver.take(symbols)
    var report = Report(trace: summary())
    report.includesAll = filter.includesAll
    report.sites = kept.compactMap { index in
      filter.apply(to: site(findings.sites[index], resolver), pids: pids)
    }
    let shown = Set(report.sites.map(\.id))
    for site in findings.sites where site.live > 0 && !shown.contains(site.id) {
      report.omitted.sites += 1
      report.omitted.descriptors += site.live
      if site.verdict == .leak { report.omitted.leaks += 1 }
    }
    let openers = openers(resolver)
    let names = Dictionary(
      findings.processes.map { ($0.id, Self.identity(of: $0).name) }
    ) { first, _ in first }
    report.processes = findings.processes.filter { filter.pid == nil || $0.pid == filter.pid }
      .map { process($0, resolver, openers, names) }
    report.misuse = findings.misuse
      .filter { filter.pid == nil || pids[$0.process] == filter.pid }
      .filter { filter.includesAll || $0.kind != .closeNeverOpened }
      .map { self.misuse($0, resolver) }
    report.bareModules = resolver.bareModules
    return report
  }

  /// Where each site's descriptors come from, for what is told of them elsewhere.
  private func openers(_ resolver: StackResolver) -> [Int: (place: String, api: String)] {
    let wanted = Self.sitesNamed(by: findings)
    var places: [Int: (place: String, api: String)] = [:]
    for site in findings.sites where wanted.contains(site.id) {
      guard let frame = resolver.stack(site.stack).focus else { continue }
      places[site.id] = (frame.shortPlace, site.api)
    }
    return places
  }

  /// Every stack that the report shows, as often as it does.
  private static func stacks(of findings: Findings, sites: [Int]) -> [StackNumber] {
    var stacks: [StackNumber] = []
    for site in sites.lazy.map({ findings.sites[$0] }) {
      stacks.append(site.stack)
      stacks += site.closeSites.map(\.stack)
      stacks += site.notes.map(\.stack)
      stacks += site.reasons.compactMap(\.stack)
      if let cause = site.cause { stacks.append(cause.stack) }
    }
    let named = sitesNamed(by: findings)
    for site in findings.sites where named.contains(site.id) { stacks.append(site.stack) }
    stacks += findings.processes.compactMap(\.limitHit?.stack)
    for misuse in findings.misuse { stacks += misuse.stacks }
    return stacks
  }

  /// Sites that are told of outside of their own part of the report.
  private static func sitesNamed(by findings: Findings) -> Set<Int> {
    var sites: Set<Int> = []
    for process in findings.processes {
      sites.formUnion(process.inherited.compactMap(\.site))
      sites.formUnion((process.limitHit?.holders ?? []).map(\.site))
    }
    return sites
  }
}
