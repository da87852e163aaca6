import Suppressions
import TraceModel

/// A verdict on what one process holds of one site, with its reasons.
struct Judgement {
  var verdict: Verdict
  var reasons: [Reason]
  /// How many of them the verdict is not about.
  var apart = 0
}

extension Case {
  /// The first rule that applies decides; they are in the order of `docs/verdicts.md`.
  func judge() -> Judgement {
    guard !fds.isEmpty else {
      return .init(verdict: .held, reasons: [.standardStream(count: share.live.count)])
    }
    var judgement = judgeOpen()
    if listeners > 0 { judgement.reasons.append(.listenersAmong(count: listeners)) }
    if keptOnce > 0 { judgement.reasons.append(.keptOnceAmong(count: keptOnce)) }
    if let ways { judgement.reasons.append(.manyWays(ways: ways)) }
    return judgement
  }

  private func judgeOpen() -> Judgement {
    judgeKnownHolders() ?? judgeHandedOver() ?? judgeFailures() ?? judgePeersClosed()
      ?? judgeHistory()
  }

  /// By how they were opened, and what else was, whatever has happened to them.
  func judgeHistory() -> Judgement {
    judgeServices() ?? judgePlaceholders() ?? judgeTerminals() ?? judgeSiblings() ?? judgeChannels()
      ?? judgePerThread() ?? judgeGrowth() ?? judgeFew()
  }

  /// 0. Before all others: what is known to be held on purpose.
  private func judgeKnownHolders() -> Judgement? {
    let holders = call.holders
    guard let holder = holders.indices.first(where: { holders[$0].matches(self) }) else {
      return nil
    }
    return .init(verdict: .held, reasons: [Reason(holders[holder])])
  }

  /// 1. The last that happened to it was a failure.
  private func judgeFailures() -> Judgement? {
    let failures = fds.compactMap { $0.failure(trace) }
    guard !failures.isEmpty else { return nil }
    var groups: [NoteKey: Int] = [:]
    for note in failures { groups[NoteKey(note, in: process.stacks), default: 0] += 1 }
    let reasons = groups.first(Thresholds.eventGroups) {
      ($1.value, $0.key.call, $0.key.error, $0.key.stack)
        < ($0.value, $1.key.call, $1.key.error, $1.key.stack)
    }.map { group, count in
      Reason.abandonedAfterFailure(
        api: trace.callName(group.call), error: group.error,
        errorName: errorName(group.error) ?? "", count: count, of: total, stack: group.stack)
    }
    var judgement = Judgement(verdict: .leak, reasons: reasons)
    if !wereAbandoned(failures.map(\.ticks)) { judgement.verdict = .suspect }
    // The others are taken for part of what most of them met: only their peers are asked for.
    let isOfMost = judgement.verdict == .leak && 2 * failures.count >= live
    return orLeak(judgement, ofAllBut: { $0.failure(trace) != nil }, leads: isOfMost) {
      isOfMost ? $0.judgePeersClosed() : $0.judgeOpen()
    }
  }

  /// What says little, or is of few, must not hide what the others are.
  private func orLeak(
    _ judgement: Judgement, ofAllBut isJudged: (Descriptor) -> Bool, leads: Bool = false,
    judge: (Case) -> Judgement? = { $0.judgeOpen() }
  ) -> Judgement {
    let others = without(isJudged)
    guard !others.fds.isEmpty, let rest = judge(others) else { return judgement }
    return orLeak(
      judgement, by: rest, apart: judgement.verdict == .leak ? 0 : live - others.live,
      leads: leads)
  }

  /// - Parameters:
  ///   - apart: how many `rest` is not about.
  ///   - leads: what `judgement` says comes first, whatever `rest` is by.
  private func orLeak(
    _ judgement: Judgement, by rest: Judgement, apart: Int = 0, leads: Bool = false
  ) -> Judgement {
    guard rest.verdict == .leak else { return judgement }
    let areCauses = leads || rest.reasons.first?.happenedTo != nil
    return .init(
      verdict: .leak,
      reasons: areCauses
        ? (judgement.reasons + rest.reasons).mostFrequentCausesFirst
        : rest.reasons + judgement.reasons,
      apart: rest.apart + apart)
  }

  /// 2. The peer has closed, and this side keeps its end. Of a peer that left as the process
  /// ended nobody could know yet.
  private func judgePeersClosed() -> Judgement? {
    let all = fds.filter { $0.isPeerClosed(trace) }
    var (closed, late) = (all.filter { !leftAtTheEnd($0) }, all.filter(leftAtTheEnd))
    let known = mayLearnLater ? closed.filter { $0.hasReadEnd(trace) } : []
    if !known.isEmpty { (closed, late) = (known, []) }
    guard !closed.isEmpty else { return nil }
    if live == 1, let end = sessionEnd(of: closed[0]) { return end }
    var judgement = Judgement(
      verdict: .leak,
      reasons: [
        .peerClosed(
          count: closed.count, of: total, late: late.count,
          lateWithinNs: late.compactMap(peerGoneNs).max(), goneNs: goneNs(closed))
      ])
    let gone = Set(closed.map(\.fd))
    if !wereAbandoned(closed.map(peerClosedTicks)) || areDroppedByServers {
      judgement.verdict = .suspect
      return orLeak(judgement, ofAllBut: { gone.contains($0.fd) })
    }
    if mayLearnLater && known.isEmpty {
      judgement.verdict = .suspect
      return orLeak(judgement, by: judgeHistory())
    }
    // A server that forgets some has others in use, if the kernel said so.
    let others = closed.count < live ? fds.filtered { !gone.contains($0.fd) } : nil
    if let others, others.allSatisfy({ $0.detail?.tcpState != nil }),
      let peers = connectedPeers(others)
    {
      judgement.apart = live - closed.count
      judgement.reasons.append(peers)
    }
    return judgement
  }

  /// One failure may be why the program ended, and then nothing was left open
  /// that mattered; a program that went on has abandoned it. What has only just happened, one
  /// that still runs may be about to answer.
  private func wereAbandoned(_ moments: [UInt64]) -> Bool {
    let moments = goesOn ? moments.filter(wasLongAgo) : moments
    if moments.count > 1 { return true }
    guard let moment = moments.first else { return false }
    return process.lastActivityTicks > moment || wasLongAgo(moment)
  }

  private func wasLongAgo(_ moment: UInt64) -> Bool {
    nsToEnd(from: moment) ?? 0 >= Thresholds.carriedOnNs
  }

  /// 3. What a server is for.
  private func judgeServices() -> Judgement? {
    (fds.allSatisfy(\.isService) || shareOneAddress) && !areDiscardedListeners && !areDuplicates
      ? .init(
        verdict: .held, reasons: [.listener(count: live, datagrams: fds.count { $0.kind == .udp })])
      : nil
  }

  /// A group of listeners that share the load: no two of them have one address but by
  /// choice.
  private var shareOneAddress: Bool {
    guard live > 1, let address = fds.first?.listeningAddress else { return false }
    return fds.allSatisfy { $0.listeningAddress == address }
  }

  /// One listener needs no more than one descriptor: many of it are judged as any.
  private var areDuplicates: Bool {
    fds.count - SharedFiles.count(fds) >= Thresholds.spreadOpens
  }

  /// Unix listeners of which a new one is made each time: no client finds those
  /// whose path was unlinked or bound again, and a service opens all of its own
  /// at start-up. Such are judged as any descriptors.
  private var areDiscardedListeners: Bool {
    let listeners = fds.filter { $0.kind == .unix }
    guard listeners.count >= Thresholds.spreadOpens, listeners.count == fds.count else {
      return false
    }
    if keepsOpening { return true }
    let paths = Set(listeners.filter { !$0.isUnlinked }.compactMap(\.unixPath))
    let unreachable = listeners.count { $0.isUnlinked || $0.unixPath != nil } - paths.count
    return unreachable >= Thresholds.spreadOpens
  }

  /// Start-up is followed by a life without more of them. Where no end was recorded
  /// that life goes unseen, and only the time between the opens tells.
  private var keepsOpening: Bool {
    if view.process.endTicks == nil && (spreadNs ?? 0) < Thresholds.poolRestNs { return false }
    guard opens >= Thresholds.loopOpens else { return isSpreadOverLife }
    let sinceFirst = view.endTicks.subtractingWithSaturation(firstTicks)
    return spreadTicks > 0 && Double(spreadTicks) >= Thresholds.spreadShare * Double(sinceFirst)
  }

  /// 4. Siblings live a short time, these do not.
  private func judgeSiblings() -> Judgement? {
    guard siblings > 0, !call.makesPairs || closedCalls > 0 else { return nil }
    let (limit, overflow) = siblingMaxTicks.multipliedReportingOverflow(
      by: Thresholds.siblingAgeFactor)
    // The latest open may be in use still.
    let old = fds.filtered { !overflow && ageTicks($0) > limit && $0.openedTicks < share.lastTicks }
    guard !old.isEmpty else { return nil }
    let reason = outlivingSiblings(old)
    // What is said of all of them agrees with the number of the title.
    if let use = connectedPeers(fds) ?? connectedPeers(old) ?? companions(old)
      ?? channelsToLiving(old) ?? pidfdsOfLiving(old)
    {
      return .init(verdict: .suspect, reasons: [use, reason])
    }
    if old.count == live, live < Thresholds.spreadOpens, old.allSatisfy(\.isListening),
      isStartUp(old)
    {
      return .init(verdict: .held, reasons: [.listener(count: live)])
    }
    if isStartUp(old)
      && (old.count < Thresholds.loopOpens || isPool(since: lastTicks)
        || isLikeCache(old))
    {
      return .init(verdict: .suspect, reasons: [reason])
    }
    if siblings >= Thresholds.siblings { return .init(verdict: .leak, reasons: [reason]) }
    if old.count >= Thresholds.spreadOpens && isSpreadOverActivity(old) {
      return .init(
        verdict: .leak, reasons: [.growth(live: live, overNs: spreadNs), reason])
    }
    return .init(verdict: .suspect, reasons: [reason])
  }

  /// 5. Pairs made for child processes, which got them by fork, and what waits for such.
  private func judgeChannels() -> Judgement? {
    if let use = pidfdsOfLiving(fds) { return .init(verdict: .held, reasons: [use]) }
    guard fds.allSatisfy(\.isChannel),
      closedCalls == 0, process.children.haveAll(fds, of: view.process.id)
    else { return nil }
    let isBurst = !isSpreadOverLife
    guard isBurst || process.children.liveCount(of: view.process.id, holding: fds) >= opens else {
      return nil
    }
    return .init(verdict: .held, reasons: [.channelToChild(count: live)])
  }

  /// 6. One event loop, or one of anything for each thread.
  private func judgePerThread() -> Judgement? {
    guard share.closed == 0, isOneForEachThread, let kind = fds.first?.kind else { return nil }
    let areLoops = fds.allSatisfy(\.isLoopObject)
    if opens >= Thresholds.loopOpens && threadsLiveOn {
      return .init(verdict: .held, reasons: [.onePerThread(threads: opens)])
    }
    if areLoops && (opens < Thresholds.loopOpens || !isSpreadOverLife) {
      return .init(verdict: .held, reasons: [.singleton(kind: kind)])
    }
    // Threads that come one after the other may have gone, and left theirs.
    guard opens >= Thresholds.spreadOpens,
      !isSpreadOverLife || (areLoops && opens < Thresholds.threads)
    else { return nil }
    return .init(verdict: .suspect, reasons: [.burst(live: live, withinNs: spreadNs)])
  }

  /// 7. Opened again and again, and never closed.
  private func judgeGrowth() -> Judgement? {
    guard opens >= Thresholds.spreadOpens, isNeverClosed else { return nil }
    if let use = connectedPeers(fds) ?? companions(fds) {
      return .init(verdict: .suspect, reasons: [use])
    }
    if mayBeManyPlaces { return judgePlaces() }
    if isSpreadOverLife && !isWorkedPool
      && (opens >= Thresholds.loopOpens || (spreadNs ?? 0) >= Thresholds.spreadNs)
    {
      return .init(verdict: .leak, reasons: [.growth(live: live, overNs: spreadNs)] + neverClosed)
    }
    if isRestedPool {
      return .init(verdict: .held, reasons: [.startUp(live: live, withinNs: spreadNs)])
    }
    if opens >= Thresholds.loopOpens && !isWorkedPool && !areIdleConnections {
      return .init(
        verdict: .leak,
        reasons: neverClosed.isEmpty ? [.growth(live: live, overNs: spreadNs)] : neverClosed)
    }
    return .init(verdict: .suspect, reasons: [.burst(live: live, withinNs: spreadNs)])
  }

  /// The same of what was opened in many ways, of which each has few: they may be places of
  /// their own that call one helper, but hardly all for the same thing.
  private func judgePlaces() -> Judgement {
    if isRestedPool {
      return .init(verdict: .held, reasons: [.startUp(live: live, withinNs: spreadNs)])
    }
    if areOfFewNames(fds) && !isWorkedPool && !areIdleConnections && (areNamed || isSpreadOverLife)
    {
      return .init(verdict: .leak, reasons: [.growth(live: live, overNs: spreadNs)] + neverClosed)
    }
    return .init(
      verdict: .suspect,
      reasons: neverClosed.isEmpty ? [.growth(live: live, overNs: spreadNs)] : neverClosed)
  }

  /// Said only where it is true to the last one.
  private var neverClosed: [Reason] {
    closedCalls == 0 ? [.neverClosed(opens: opens, withinNs: spreadNs)] : []
  }

  /// 8. Too few to tell.
  private func judgeFew() -> Judgement {
    if let peers = connectedPeers(fds) { return .init(verdict: .held, reasons: [peers]) }
    // What other processes closed says little of one that closed none.
    if closedCalls > 0 {
      return .init(
        verdict: .suspect,
        reasons: growthPastSiblings ?? [
          .siblingsClosed(live: live, siblings: call.makesPairs ? 2 * closedCalls : closedCalls)
        ])
    }
    let marks = process.marks
    if !marks.isEmpty && fds.allSatisfy({ marks.isOver(for: $0, by: view.endTicks) }) {
      return .init(verdict: .suspect, reasons: [.markEnded(count: live)])
    }
    if opens == 1 { return .init(verdict: .held, reasons: [.single]) }
    if isRestedPool {
      return .init(verdict: .held, reasons: [.startUp(live: live, withinNs: spreadNs)])
    }
    return .init(verdict: .suspect, reasons: [.few(live: live)])
  }
}
