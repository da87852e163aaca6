import TraceModel

/// A site that there may be something to say of.
struct SiteToTell {
  let group: SiteGroup
  /// What processes did there: all of them, or those of one program.
  let shares: ArraySlice<SiteGroup.Share>
}

/// A site with what ranks it among others; a trace may have a million, of which few are told.
struct JudgedSite {
  let site: SiteToTell
  /// Open in the processes that the trace tells of.
  private(set) var live = 0
  private(set) var verdict: Verdict = .clean
  /// Why; empty when clean.
  private(set) var reasons: [Reason] = []
  /// Whose reasons those are, where several processes hold some.
  private(set) var judgedProcess: Int?
  /// How many were not judged with the others, by process; those with none are left out.
  private(set) var apart: [Int: Int] = [:]
  /// Of a call that makes pairs: of the closed, the other ends of what is open, by process.
  private(set) var otherEnds: [Int: UInt64] = [:]
  private(set) var growth: Growth?
  private(set) var limitReachedInNs: UInt64?

  init(_ site: SiteToTell, in context: SiteContext) {
    self.site = site
    let most = judge(context)
    if verdict == .leak, let most { addRate(of: most.fds, in: most.view, context.trace.clock) }
  }

  /// The worst of what its processes did; the reasons are those of the process
  /// that did most of that.
  ///
  /// - Returns: what was judged in the process that holds most of that, without what others keep on
  ///   purpose.
  private mutating func judge(
    _ context: SiteContext
  ) -> (fds: DescriptorList, view: ProcessView)? {
    var worst: (judgement: Judgement, live: Int, process: Int)?
    var held: [(process: Int, live: Int)] = []
    var holding = 0
    var most: (fds: DescriptorList, view: ProcessView)?
    guard let call = context.calls[site.group.call] else { return nil }
    if call.makesPairs {
      for share in site.shares {
        let ends = share.otherEnds(context.grouping)
        if ends > 0 { otherEnds[share.process] = ends }
      }
    }
    // What an end closed of what was forgotten tells nothing of how long others are in use.
    let siblings = Siblings(
      site.group.closers.filter { !context.late.made($0.record) },
      otherEnds: call.makesPairs
        ? otherEnds.values.reduce(0) { $0.addingWithSaturation($1) } : nil)
    for index in site.shares.indices where !site.shares[index].live.isEmpty {
      let share = site.shares[index]
      guard let process = context.processes[share.process] else { continue }
      live += share.live.count
      holding += 1
      let its = Case(
        share, context.grouping.live(share), of: process, by: call, siblings: siblings,
        ways: context.grouping.stacks.ways[site.group.stack]?.count,
        endedOnly: context.late.endedOnly(of: site.group.id, in: share.process),
        mayBeManyCallers: context.places.contains(site.group.id))
      let judgement = its.judge()
      let setApart = its.listeners + its.keptOnce + judgement.apart.count
      if setApart > 0 { apart[share.process] = setApart }
      if judgement.verdict == .held {
        held.append((share.process, share.live.count))
      } else if its.live - judgement.apart.count > most?.fds.count ?? 0 {
        let apart = judgement.apart
        most = (apart.isEmpty ? its.fds : its.fds.filtered { !apart.contains($0.fd) }, its.view)
      }
      if let known = worst,
        (known.judgement.verdict.rank, -known.live) <= (judgement.verdict.rank, -share.live.count)
      {
        continue
      }
      worst = (judgement, share.live.count, share.process)
    }
    guard let worst else { return nil }
    (verdict, reasons) = (worst.judgement.verdict, worst.judgement.reasons)
    judgedProcess = holding > 1 ? worst.process : nil
    // What others keep on purpose is no part of what one forgets.
    if verdict == .leak || verdict == .suspect {
      for (process, live) in held { apart[process] = live }
    }
    return most
  }

  /// Takes the only one of its site for what it is of, where that leaks by other stacks.
  mutating func compare(with leaked: LeakedNames, in context: SiteContext) {
    guard verdict == .held, reasons == [.single], leaked.contain(self, in: context) else { return }
    (verdict, reasons) = (.suspect, [.nameLeaks])
  }

  /// How that process grows by those, and when it meets its limit by that.
  private mutating func addRate(
    of fds: DescriptorList, in view: ProcessView, _ clock: TraceClock
  ) {
    growth = Growth(
      fds.compactMap { clock.nanoseconds(at: $0.openedTicks) },
      in: Growth.Life(
        endNs: clock.nanoseconds(at: view.endTicks),
        limitHitNs: view.process.limitHit.flatMap { clock.nanoseconds(at: $0.ticks) },
        isFull: view.freeDescriptors == 0))
    // A limit that was met is no more ahead.
    guard view.process.limitHit == nil else { return }
    limitReachedInNs = view.freeDescriptors.flatMap { growth?.timeNs(for: $0) }
  }

  /// The order of a report, without ties: the worst verdict, then the strongest
  /// evidence, then most left open, then fastest, then lowest id.
  static func ranksBefore(_ a: Self, _ b: Self) -> Bool {
    if a.verdict.rank != b.verdict.rank { return a.verdict.rank < b.verdict.rank }
    return (a.evidenceRank, -a.live, -(a.growth?.perHour ?? 0), a.site.group.id)
      < (b.evidenceRank, -b.live, -(b.growth?.perHour ?? 0), b.site.group.id)
  }

  private var evidenceRank: Int {
    switch reasons.first {
    case .abandonedAfterFailure: 0
    case .peerClosed, .leftByChildren: 1
    case .outlivesSiblings: 2
    case .growth: 3
    case .neverClosed: 4
    case .listener: 5
    case .standardStream: 7
    default: 6
    }
  }
}
