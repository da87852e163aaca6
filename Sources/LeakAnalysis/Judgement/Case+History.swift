import TraceModel

/// Rules 4 to 8: by how they were opened, and what became of others of the site.
extension Case {
  /// 4. Siblings live a short time, these do not.
  func judgeSiblings() -> Judgement? {
    guard siblings.count > 0, !call.makesPairs || closedCalls > 0 else { return nil }
    let (limit, overflow) = siblings.maxTicks.multipliedReportingOverflow(
      by: Thresholds.siblingAgeFactor)
    // The latest open may be in use still.
    let old = fds.filtered { !overflow && ageTicks($0) > limit && $0.openedTicks < share.lastTicks }
    guard !old.isEmpty else { return nil }
    let reason = outlivingSiblings(old)
    // What is said of all of them agrees with the number of the title.
    if let use = connectedPeers(fds) ?? connectedPeers(old) ?? companions(old)
      ?? channelsToLiving(old) ?? pidfdsOfLiving(old) ?? otherEndsElsewhere(old)
    {
      return .init(verdict: .suspect, reasons: [use, reason])
    }
    if old.count == live, live < Thresholds.spreadOpens, old.allSatisfy(\.isListening),
      isStartUp(old)
    {
      return .init(verdict: .held, reasons: [.listener(count: live)])
    }
    if areLogs(old)
      || isStartUp(old)
        && (old.count < Thresholds.loopOpens || isPool(since: lastTicks)
          || isLikeCache(old))
    {
      return .init(verdict: .suspect, reasons: [reason])
    }
    if opens >= Thresholds.spreadOpens && tookPlaceOfOthers {
      return .init(verdict: .suspect, reasons: [.succession(count: live), reason])
    }
    // Others that were closed may have been of other places, which say nothing of these.
    if mayBeManyCallers && !cameAgainAndAgain(old) {
      return .init(verdict: .suspect, reasons: [reason])
    }
    if siblings.count >= Thresholds.siblings { return .init(verdict: .leak, reasons: [reason]) }
    if old.count >= Thresholds.spreadOpens && isSpreadOverActivity(old)
      && OpeningCalls.bursts(old) >= Thresholds.spreadOpens && !isLeftBehind
    {
      return .init(
        verdict: .leak, reasons: [.growth(live: live, overNs: spreadNs), reason])
    }
    return .init(verdict: .suspect, reasons: [reason])
  }

  /// 5. Pairs made for child processes, which got them by fork, and what waits for such.
  func judgeChannels() -> Judgement? {
    if let use = pidfdsOfLiving(fds) { return .init(verdict: .held, reasons: [use]) }
    guard fds.allSatisfy(\.isChannel), closedCalls == 0 else { return nil }
    let heirs = fds.compactMap { process.children.firstHeir(of: $0, from: view.process.id) }
    guard heirs.count == live else { return nil }
    if process.children.liveCount(of: view.process.id, holding: fds) < opens {
      // Of children that came one after the other, each has ended when the next one comes.
      let together = heirs.count { $0.end ?? .max > lastTicks }
      guard !isSpreadOverLife, 2 * together >= live else { return nil }
      let ends = heirs.compactMap(\.end)
      let areOneEach = opens >= Thresholds.spreadOpens && Set(heirs.map(\.id)).count >= opens
      if areOneEach, ends.count == live, ends.allSatisfy(wasLongAgo) {
        return .init(verdict: .suspect, reasons: [.burst(live: live, withinNs: spreadNs)])
      }
    }
    return .init(verdict: .held, reasons: [.channelToChild(count: live)])
  }

  /// 6. One event loop, or one of anything for each thread.
  func judgePerThread() -> Judgement? {
    guard share.closed == 0, isOneForEachThread, let kind = fds.first?.kind else { return nil }
    let areLoops = fds.allSatisfy(\.isLoopObject)
    if opens >= Thresholds.loopOpens && threadsLiveOn {
      return .init(verdict: .held, reasons: [.onePerThread(threads: opens)])
    }
    if areLoops && (opens < Thresholds.loopOpens || !isSpreadOverLife) {
      return .init(verdict: .held, reasons: [.singleton(kind: kind)])
    }
    if opens >= Thresholds.spreadOpens && threadsLiveOn {
      return .init(verdict: .suspect, reasons: [.onePerThread(threads: opens)])
    }
    // Threads that come one after the other may have gone, and left theirs.
    guard opens >= Thresholds.spreadOpens,
      !isSpreadOverLife || (areLoops && opens < Thresholds.threads)
    else { return nil }
    return .init(verdict: .suspect, reasons: [.burst(live: live, withinNs: spreadNs)])
  }

  /// 7. Opened again and again, and never closed.
  func judgeGrowth() -> Judgement? {
    guard opens >= Thresholds.spreadOpens, isNeverClosed else { return nil }
    if let use = connectedPeers(fds) ?? companions(fds) ?? otherEndsElsewhere(fds) {
      return .init(verdict: .suspect, reasons: [use])
    }
    if mayBeManyPlaces { return judgePlaces() }
    if areLogs(fds) && isSpreadOverLife {
      return .init(verdict: .suspect, reasons: [.growth(live: live, overNs: spreadNs)])
    }
    if isSpreadOverLife && !isWorkedPool
      && (opens >= Thresholds.loopOpens || (spreadNs ?? 0) >= Thresholds.spreadNs)
    {
      return .init(verdict: .leak, reasons: [.growth(live: live, overNs: spreadNs)] + neverClosed)
    }
    if isRestedPool {
      return .init(verdict: .held, reasons: [.startUp(live: live, withinNs: spreadNs)])
    }
    if opens >= Thresholds.loopOpens && !isWorkedPool && !areIdleConnections
      && !(isStartUpPool && !areOfEndedMarks)
    {
      return .init(
        verdict: .leak,
        reasons: (neverClosed.isEmpty ? [.growth(live: live, overNs: spreadNs)] : neverClosed)
          + (isStartUpPool ? [.markEnded(count: live)] : []))
    }
    return .init(
      verdict: .suspect,
      reasons: areOfEndedMarks
        ? [.markEnded(count: live)] : [.burst(live: live, withinNs: spreadNs)])
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
  func judgeFew() -> Judgement {
    if let peers = connectedPeers(fds) { return .init(verdict: .held, reasons: [peers]) }
    if let succession { return succession }
    // Of the only one that was ever opened, chance may have made a companion.
    if opens > 1 || closedCalls > 0, let use = companions(fds) {
      return .init(verdict: .held, reasons: [use])
    }
    // What other processes closed says little of one that closed none.
    if closedCalls > 0 {
      return .init(
        verdict: .suspect,
        reasons: growthPastSiblings ?? [.siblingsClosed(live: live, siblings: closedCalls)])
    }
    if areOfEndedMarks {
      return .init(verdict: .suspect, reasons: [.markEnded(count: live)])
    }
    if opens == 1 { return .init(verdict: .held, reasons: [.single]) }
    if isRestedPool {
      return .init(verdict: .held, reasons: [.startUp(live: live, withinNs: spreadNs)])
    }
    return .init(verdict: .suspect, reasons: [.few(live: live)])
  }
}
