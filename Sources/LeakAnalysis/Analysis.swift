import Suppressions
import TraceModel

/// A trace that was looked at as a whole; what there is to say of it, or of a part, is made
/// when it is asked for.
///
/// Pure and deterministic; linear in the trace but for sorting.
public struct Analysis: Sendable {
  let trace: Trace
  let views: [ProcessView]
  let grouping: SiteGrouping
  let context: SiteContext
  /// In order of `id`.
  let processes: [ProcessFinding]
  /// What is the same for every part: all but processes and sites.
  let common: Findings

  /// `running` and `gone` are the `TracedProcess.id`s that the caller knows to be alive, or
  /// not to be: the trace cannot tell them apart. `alike` leads from stacks to others that
  /// stand for the same place in the source, as only symbols can tell: they are one site.
  /// `own` tells the program's code from that of libraries.
  /// `holders` are what is open on purpose, `names` what some of them are known by.
  /// `reachesCaller` tells which stacks lead to the code that called.
  public init(
    _ trace: Trace, running: Set<Int> = [], gone: Set<Int> = [],
    alike: [StackNumber: StackNumber] = [:], own: OwnCode = { $0 },
    names: @escaping NamedFrames = { _ in [:] }, holders: KnownHolders = .builtIn,
    reachesCaller: @escaping ReachesCaller = { _ in true }
  ) {
    self.trace = trace
    let views = [ProcessView](trace, running: running, gone: gone)
    var grouping = SiteGrouping(trace, views, SiteStacks(trace.stacks, alike: alike))
    if let stacks = ManyWays(trace, grouping).merged(own, HeldWays(holders, names)) {
      grouping = SiteGrouping(trace, views, stacks)
    }
    let crossings = ExecCrossings(trace, views, running: running, gone: gone)
    let inheritance = InheritanceAudit(crossings, sites: grouping)
    let source = OpenDescriptors.Source(trace, grouping)
    let children = ChildrenView(views, trace)
    let late = LateCloses(trace, views, grouping, children)
    let context = SiteContext(
      trace, views, grouping, holders, inheritance, HandedOver(crossings), source, children, late,
      SharedPlaces(grouping, reachesCaller))
    let inherits = views.contains { !$0.inherited.isEmpty }
    let openings =
      inherits
      ? Openings(grouping.memberships, of: Set(trace.processes.map(\.id))) : Openings()
    processes = views.map {
      ProcessFinding(
        $0, sites: grouping, marks: context.marks, late: late, trace: trace, source,
        openings: openings)
    }
    common = Findings(
      trace: TraceSummary(trace), misuse: MisuseAnalysis(trace).findings,
      marks: context.marks.findings, inheritance: inheritance, stacks: grouping.stacks.store,
      modules: trace.modules)
    (self.views, self.grouping, self.context) = (views, grouping, context)
  }

  /// What there is to say of the whole trace.
  public var findings: Findings {
    var findings = common
    findings.processes = processes
    findings.rank(
      grouping.groups.lazy.map { SiteToTell(group: $0, shares: grouping.shares(of: $0)) },
      in: context)
    findings.timeline = Timeline(trace, views, grouping, findings.sites)
    return findings
  }
}
