extension Case {
  /// That some grew older than any sibling did, and came again and again to few names: what a
  /// cache or a pool has, it has once. Nil where they did not.
  ///
  /// This tells of growth, and is no evidence of a leak: sessions that stay, among others that
  /// end, look the same as long as some of those others stay for nearly as long.
  var growthPastSiblings: [Reason]? {
    guard siblings.count > 0 else { return nil }
    let old = fds.filtered { ageTicks($0) > siblings.maxTicks }
    guard OpeningCalls.count(old, makePairs: call.makesPairs) >= Thresholds.loopOpens,
      isSpreadOverActivity(old), areOfFewNames(old), companions(old) == nil
    else { return nil }
    return [.growth(live: live, overNs: spreadNs), outlivingSiblings(old)]
  }

  /// Many others were closed, as many of which as these are lived for as long as any of `fds`, some
  /// of the case's, and these came lately: what is closed by and by, as by a reaper, has some that
  /// wait for it, and fewer than it has closed. Nil where it is not so.
  func areAsYoungAsSiblings(_ fds: DescriptorList) -> Reason? {
    guard siblings.count >= Thresholds.siblings, closedCalls > 0, !isSpreadOverActivity(fds),
      let oldest = fds.map(ageTicks).max(), oldest <= siblings.maxTicks,
      siblings.count(livingFor: oldest) >= fds.count
    else { return nil }
    return .siblingsClosed(live: live, siblings: siblings.count)
  }

  /// What one place forgets comes as often as that place's turn; what several keep, each once.
  func cameAgainAndAgain(_ old: DescriptorList) -> Bool {
    old.count >= Thresholds.loopOpens && isSpreadOverActivity(old)
      && OpeningCalls.bursts(old) >= Thresholds.spreadOpens
      && (UInt64(old.count) >= Thresholds.siblings || areOfFewNames(old))
  }

  func outlivingSiblings(_ old: DescriptorList) -> Reason {
    .outlivesSiblings(
      count: old.count, ageNs: trace.clock.duration(old.map(ageTicks).min() ?? 0) ?? 0,
      siblingMaxNs: trace.clock.duration(siblings.maxTicks) ?? 0, siblings: siblings.count)
  }
}
