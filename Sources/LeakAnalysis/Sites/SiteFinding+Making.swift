import TraceModel

extension SiteFinding {
  init(_ judged: JudgedSite, in context: SiteContext) {
    let trace = context.trace
    let (group, shares) = (judged.site.group, judged.site.shares)
    self.init(id: group.id)
    api = trace.callName(group.call)
    stack = group.stack
    way = context.grouping.stacks.ways[stack]?.one
    for share in shares {
      opened = opened.addingWithSaturation(share.opened)
      closed = closed.addingWithSaturation(share.closed)
      peak = max(peak, trace.lacksDescriptors ? UInt64(share.live.count) : share.peak)
      byProcess.append(
        .init(
          process: share.process, opened: share.opened, closed: share.closed,
          live: share.live.count, apart: judged.apart[share.process] ?? 0,
          otherEnds: judged.otherEnds[share.process] ?? 0))
      if let view = context.processes[share.process]?.view {
        let live = context.grouping.live(share)
        fds.append(live, of: view, context.source)
        ends = ends + context.pairEnds.ends(of: live, in: share.process)
      }
    }
    live = fds.count
    if live > 0 { heirs = context.heirs[id] }
    let held = HeldAtSite(shares, of: api, in: context)
    objects = held.objects
    sharing = context.shared.sharing(of: held, at: id)
    kind = held.kind ?? group.kind
    if let first = shares.first {
      let (earliest, latest) = shares.dropFirst().reduce((first.firstTicks, first.lastTicks)) {
        (min($0.0, $1.firstTicks), max($0.1, $1.lastTicks))
      }
      firstOpenedNs = trace.clock.nanoseconds(at: earliest)
      lastOpenedNs = trace.clock.nanoseconds(at: latest)
    }
    closeSites = Self.closeSites(of: group, trace, context.pairEnds, context.late)
    marks = Self.marks(of: shares, context.grouping, by: context.marks)
    notes = Self.noteGroups(held.notes, of: live, trace)
    verdict = judged.verdict
    reasons = judged.reasons
    addOtherEndsGone(held.otherEndsGone)
    addOwnClients(held.ownClients)
    judgedProcess = judged.judgedProcess
    tellFailureOfAll()
    causes = Self.causes(of: reasons, among: notes)
    growth = judged.growth
    limitReachedInNs = judged.limitReachedInNs
    addReasonsBesideVerdict(context)
  }

  /// What is kept on purpose may keep what nobody else has, too: said where something is to be explained.
  private mutating func addOtherEndsGone(_ count: Int) {
    let isTold = reasons.contains {
      switch $0 {
      case .peerClosed, .peerGone: true
      default: false
      }
    }
    guard count > 0, !isTold, verdict == .leak || verdict == .suspect else { return }
    reasons.append(.peerGone(count: count, of: live))
  }

  /// Whoever closes their other ends, which are open, too, lets a server close these.
  private mutating func addOwnClients(_ count: Int) {
    guard count > 0, verdict == .leak || verdict == .suspect else { return }
    reasons.append(.ownClients(count: count, of: live))
  }

  /// What was the last thing in the process that was judged may have been so in all others.
  private mutating func tellFailureOfAll() {
    guard judgedProcess != nil,
      case .abandonedAfterFailure(let api, let error, let name, let count, let of, let stack)? =
        reasons.first, count == of,
      notes.contains(where: {
        $0.api == api && $0.error == error && $0.stack == stack && $0.count == live
      })
    else { return }
    reasons[0] = .abandonedAfterFailure(
      api: api, error: error, errorName: name, count: live, of: live, stack: stack)
  }

  private mutating func addReasonsBesideVerdict(_ context: SiteContext) {
    if objects < live { reasons.append(.duplicates(count: live, objects: objects)) }
    if let kept = context.kept[id] {
      reasons.append(
        .missingCloseOnExec(
          count: kept.count, listening: kept.isListening, processes: kept.holders.sorted(),
          ended: kept.ended.count, endedCount: kept.endedCount))
    }
    let limited = byProcess.filter {
      $0.live > 0 && context.processes[$0.process]?.view.process.limitHit != nil
    }.map(\.process)
    if !limited.isEmpty { reasons.append(.limitHit(processes: limited)) }
  }

  private static func causes(of reasons: [Reason], among notes: [NoteGroup]) -> [NoteGroup] {
    // Where another reason comes first, what happened is of few of them, or says little.
    let timeouts = notes.filter(\.isTimeout)
    guard reasons.first?.happenedTo != nil else {
      let count = timeouts.reduce(0) { $0 + $1.count }
      return 2 * count >= timeouts.first?.of ?? .max ? timeouts : []
    }
    return timeouts.isEmpty ? told(reasons, notes) : told(reasons, notes) + timeouts
  }

  /// Those that reasons tell of.
  private static func told(_ reasons: [Reason], _ notes: [NoteGroup]) -> [NoteGroup] {
    reasons.flatMap { reason -> [NoteGroup] in
      switch reason {
      case .abandonedAfterFailure(let api, let error, _, _, _, let stack):
        return notes.filter { $0.api == api && $0.error == error && $0.stack == stack }
      case .peerClosed:
        let ends = notes.filter(\.isReadEnd)
        return ends.isEmpty ? Array(notes.filter { $0.error == 0 }.prefix(1)) : ends
      default: return []
      }
    }
  }

  private static func noteGroups(
    _ counts: [NoteKey: Int], of live: Int, _ trace: Trace
  ) -> [NoteGroup] {
    guard !counts.isEmpty else { return [] }
    return counts.first(Thresholds.eventGroups) { a, b in
      (b.value, trace.callName(a.key.call), a.key.error, a.key.stack, a.key.call)
        < (a.value, trace.callName(b.key.call), b.key.error, b.key.stack, b.key.call)
    }.map { key, count in
      NoteGroup(
        api: trace.callName(key.call), error: key.error, errorName: errorName(key.error),
        stack: key.stack, count: count, of: live)
    }
  }
}
