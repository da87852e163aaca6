import TraceModel

/// Rule 3, and what looks like services but is none.
extension Case {
  /// 3. What a server is for.
  func judgeServices() -> Judgement? {
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

  /// What a reload makes anew, having closed the former: there never were more of them, as many had
  /// been open before the first of these, they are the latest, and the former lived for long, too,
  /// as nothing does that a request needs.
  var succession: Judgement? {
    guard tookPlaceOfOthers,
      let life = trace.clock.duration(siblings.maxTicks), life >= Thresholds.carriedOnNs,
      fds.allSatisfy({ ageTicks($0) / Thresholds.siblingAgeFactor <= siblings.maxTicks })
    else { return nil }
    return .init(verdict: .held, reasons: [.succession(count: live)])
  }

  /// They are the latest, as many had been open before the first of them, and there never were
  /// more. So are the descriptors of a cache or a pool that has room for so many and renews them:
  /// how long the former lived tells when it was in use, and nothing of these.
  var tookPlaceOfOthers: Bool {
    share.peakTicks > 0 && share.peak <= UInt64(live)
      && fds.allSatisfy { $0.openedTicks > share.peakTicks } && closedCalls >= UInt64(opens)
      && lastTicks == share.lastTicks
  }

  /// A file that is opened anew before the one in use is closed, as logs are.
  func judgeReplacements() -> Judgement? {
    guard closedCalls >= UInt64(live), lastTicks == share.lastTicks, haveOwnNames(fds),
      fds.allSatisfy({ $0.kind == .file }), live < Thresholds.spreadOpens || areLogs(fds),
      spreadNs ?? .max <= Thresholds.sessionNs,
      process.lastCloses[share.group] ?? 0 >= lastTicks
    else { return nil }
    return .init(verdict: .held, reasons: [.replacement(count: live)])
  }
}
