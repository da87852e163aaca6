import Suppressions
import TraceModel

/// What all sites are held against.
struct SiteContext {
  let trace: Trace
  let source: OpenDescriptors.Source
  let views: [Int: ProcessView]
  let children: ChildrenView
  /// When a process last opened or closed anything.
  let lastActivity: [Int: UInt64]
  let ends: [Int: ConnectionEnds]
  /// Known holders that may be asked, by the number of the call that opened: of a million
  /// sites few differ in that.
  let candidates: [UInt16: [Suppression]]
  /// By `SiteGroup.id`: what nobody meant programs to keep.
  let kept: [Int: KeptOfSite]
  let work: WorkHistory
  let shared: SharedFiles
  let marks: Marks

  init(
    _ trace: Trace, _ views: [ProcessView], _ grouping: SiteGrouping, _ holders: KnownHolders,
    _ inheritance: InheritanceAudit, _ source: OpenDescriptors.Source
  ) {
    self.trace = trace
    self.source = source
    candidates = Dictionary(
      Set(grouping.groups.map(\.call)).map { ($0, holders.candidates(for: trace.callName($0))) }
    ) { first, _ in first }
    self.views = Dictionary(views.map { ($0.process.id, $0) }) { first, _ in first }
    children = ChildrenView(views)
    ends = Dictionary(views.map { ($0.process.id, ConnectionEnds($0, trace)) }) { first, _ in
      first
    }
    var processBySite: [UInt32: Int] = [:]
    var latest: [Int: UInt64] = [:]
    for site in trace.sites {
      processBySite[site.id] = site.process
      latest[site.process] = max(latest[site.process] ?? 0, site.lastTicks)
    }
    for closer in trace.closers {
      guard let process = processBySite[closer.site] else { continue }
      latest[process] = max(latest[process] ?? 0, closer.lastTicks)
    }
    lastActivity = latest
    kept = KeptOfSite.bySite(inheritance)
    work = WorkHistory(trace, of: grouping.processes(holding: Thresholds.spreadOpens))
    shared = SharedFiles(trace, grouping)
    marks = Marks(trace)
  }
}

extension SiteFinding {
  init(_ judged: JudgedSite, in context: SiteContext) {
    let trace = context.trace
    let (group, shares) = (judged.site.group, judged.site.shares)
    self.init(id: group.id)
    api = trace.callName(group.call)
    stack = group.stack
    for share in shares {
      let view = context.views[share.process]
      opened = Self.sum(opened, share.opened)
      closed = Self.sum(closed, share.closed)
      peak = max(peak, share.peak)
      byProcess.append(
        .init(
          process: share.process, opened: share.opened, closed: share.closed,
          live: share.live.count, apart: judged.apart[share.process] ?? 0))
      if let view { fds.append(share.live, of: view, context.source) }
    }
    live = fds.count
    let held = shares.lazy.flatMap(\.live)
    objects = SharedFiles.count(held)
    sharing = context.shared.sharing(of: held, at: id)
    kind = Self.kind(of: held, otherwise: group.kind)
    firstOpenedNs = shares.lazy.map(\.firstTicks).min().flatMap(trace.clock.nanoseconds)
    lastOpenedNs = shares.lazy.map(\.lastTicks).max().flatMap(trace.clock.nanoseconds)
    closeSites = Self.closeSites(group.closers, trace)
    marks = Self.marks(of: shares, by: context.marks)
    notes = Self.noteGroups(held, of: live, trace)
    verdict = judged.verdict
    reasons = judged.reasons
    judgedProcess = judged.judgedProcess
    cause = Self.cause(of: reasons, among: notes)
    growth = judged.growth
    limitReachedInNs = judged.limitReachedInNs
    addReasonsBesideVerdict(context)
  }

  private mutating func addReasonsBesideVerdict(_ context: SiteContext) {
    if objects < live { reasons.append(.duplicates(count: live, objects: objects)) }
    if let kept = context.kept[id] {
      reasons.append(
        .missingCloseOnExec(
          count: kept.count, listening: kept.isListening, processes: kept.holders.sorted()))
    }
    let limited = byProcess.filter {
      $0.live > 0 && context.views[$0.process]?.process.limitHit != nil
    }.map(\.process)
    if !limited.isEmpty { reasons.append(.limitHit(processes: limited)) }
  }

  private static func cause(of reasons: [Reason], among notes: [NoteGroup]) -> NoteGroup? {
    for reason in reasons {
      switch reason {
      case .abandonedAfterFailure(let api, let error, _, _, _, let stack):
        return notes.first { $0.api == api && $0.error == error && $0.stack == stack }
      case .peerClosed:
        return notes.first { $0.error == 0 }
      default: continue
      }
    }
    return nil
  }

  private static func kind(
    of descriptors: some Sequence<Descriptor>, otherwise: DescriptorKind
  ) -> DescriptorKind {
    var common: DescriptorKind?
    for descriptor in descriptors {
      if descriptor.kind == .unknown || descriptor.kind != common ?? descriptor.kind {
        return otherwise
      }
      common = descriptor.kind
    }
    return common ?? otherwise
  }

  private struct NoteKey: Hashable {
    var call: UInt16
    var error: Int32
    var stack: StackNumber
  }

  private static func noteGroups(
    _ descriptors: some Sequence<Descriptor>, of live: Int, _ trace: Trace
  ) -> [NoteGroup] {
    var counts: [NoteKey: Int] = [:]
    for note in descriptors.lazy.compactMap(\.note) {
      counts[NoteKey(call: note.call, error: note.error, stack: note.stack), default: 0] += 1
    }
    return counts.first(Thresholds.eventGroups) { a, b in
      (b.value, trace.callName(a.key.call), a.key.error, a.key.stack, a.key.call)
        < (a.value, trace.callName(b.key.call), b.key.error, b.key.stack, b.key.call)
    }.map { key, count in
      NoteGroup(
        api: trace.callName(key.call), error: key.error, errorName: errorName(key.error),
        stack: key.stack, count: count, of: live)
    }
  }

  static func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }
}
