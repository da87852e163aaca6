import TraceModel

extension Case {
  /// Accepted connections whose client, another program, was still there: it is
  /// the client that keeps them open.
  func connectedPeers(_ fds: DescriptorList) -> Reason? {
    guard call.accepts, fds.allSatisfy(mayBeConnected) else { return nil }
    // Where the process may have had the other end itself, it has to be there for sure.
    if fds.contains(where: { !hasClient($0) && process.ends.haveOther(of: $0) }) { return nil }
    let gone = fds.count { $0.isOtherEndGone(trace) }
    if gone > 0 { return .peerGone(count: gone, of: fds.count) }
    let left = fds.filter(leftAtTheEnd)
    return .peerConnected(
      count: fds.count, of: total > fds.count ? total : nil,
      unknown: fds.count { $0.detail?.tcpState == nil && $0.detail?.isOtherEndOpen != true },
      left: left.count, leftWithinNs: left.compactMap(peerGoneNs).max())
  }

  /// Another program or the process itself.
  private func hasClient(_ fd: Descriptor) -> Bool {
    switch fd.kind {
    case .tcp: goesOn || process.ends.haveClient(of: fd)
    case .unix: fd.detail?.isOtherEndOpen == true
    default: false
    }
  }

  /// TCP tells when somebody looked. Where nobody did nothing says that the client has gone, and
  /// of unix sockets nothing says that it did so long ago.
  private func mayBeConnected(_ fd: Descriptor) -> Bool {
    guard let state = fd.detail?.tcpState else {
      return fd.kind == .unix || !wasLookedAt(fd)
    }
    // Who has said its last waits for the client to close, while it goes on.
    let awaitsEnd = state == .finWait1 || state == .finWait2
    return state == .established || leftAtTheEnd(fd) || goesOn && awaitsEnd
  }

  var goesOn: Bool { view.endKind == .running }

  /// What its peer has closed the process finds out when it needs it.
  var mayLearnLater: Bool { goesOn && !call.accepts }

  /// By a snapshot, as long as that did not come before it was opened.
  private func wasLookedAt(_ fd: Descriptor) -> Bool {
    view.process.flags.contains(.snapshot)
      && fd.openedTicks <= view.process.snapshotTicks ?? .max
  }

  /// Opened for connections that are in use still.
  func companions(_ fds: DescriptorList) -> Reason? {
    guard !call.accepts, let ticks = trace.clock.ticks(Thresholds.sessionNs),
      process.sessions.haveOneEach(fds, within: ticks)
    else { return nil }
    return .onePerConnection(connections: process.sessions.count)
  }

  /// Pipes and sockets whose other end went to a child that goes on.
  func channelsToLiving(_ fds: DescriptorList) -> Reason? {
    guard fds.allSatisfy(\.isChannel),
      process.children.firstHeirsLive(fds, of: view.process.id)
    else { return nil }
    return .channelToChild(count: fds.count)
  }

  /// The only ends here of pipes and socket pairs whose other ends somebody has: another process,
  /// which got them by a message, and perhaps forked who uses them.
  func otherEndsElsewhere(_ fds: DescriptorList) -> Reason? {
    let areHalves = call.makesPairs && OpeningCalls.count(fds, makePairs: true) == fds.count
    guard
      fds.allSatisfy({ fd in
        fd.isChannel && fd.detail?.isOtherEndOpen == true
          && (fd.kind == .pipe ? process.ends.isOnlyEnd(fd) : areHalves)
      })
    else { return nil }
    return .otherEndElsewhere(count: fds.count)
  }

  /// Pidfds, each of which came with a child that was still there: of which one it is the trace
  /// does not tell.
  func pidfdsOfLiving(_ fds: DescriptorList) -> Reason? {
    guard fds.allSatisfy({ $0.kind == .pidfd }),
      let ticks = trace.clock.ticks(Thresholds.sessionNs),
      process.children.cameOneEach(fds, of: view.process.id, within: ticks)
    else { return nil }
    return .onePerChild(count: fds.count)
  }

  /// For how long the peer had been gone at the end, at least; nil where nobody asked.
  func peerGoneNs(_ fd: Descriptor) -> UInt64? {
    guard let detail = fd.detail, let gone = detail.peerClosedNs, let checked = detail.checkedTicks
    else { return nil }
    return gone.addingWithSaturation(nsToEnd(from: checked) ?? 0)
  }

  /// Until the end of the process, or now while it runs.
  func nsToEnd(from moment: UInt64) -> UInt64? {
    trace.clock.duration(view.endTicks.subtractingWithSaturation(moment))
  }

  /// For how long the peers of all have been gone, at least, while the process runs.
  func goneNs(_ closed: [Descriptor]) -> UInt64? {
    guard goesOn else { return nil }
    let times = closed.compactMap { fd in
      fd.hasReadEnd(trace) ? nsToEnd(from: peerClosedTicks(fd)) : peerGoneNs(fd)
    }
    return times.count == closed.count ? times.min() : nil
  }

  /// The peer closed in the last moment, and nobody has read its end: whoever serves it may
  /// not have come round to that, or had stopped serving.
  func leftAtTheEnd(_ fd: Descriptor) -> Bool {
    guard !fd.hasReadEnd(trace), let gone = peerGoneNs(fd) else { return false }
    if gone < Thresholds.momentNs || mayComeToIt(fd, gone) { return true }
    // Who took another one afterwards was still serving.
    let closed = peerClosedTicks(fd)
    let there = trace.clock.duration(closed.subtractingWithSaturation(fd.openedTicks)) ?? 0
    return gone < Thresholds.partingNs && there > gone && share.lastTicks <= closed
  }

  /// The process goes on, and may be busy still for a client that has left: others were served for
  /// as long.
  private func mayComeToIt(_ fd: Descriptor, _ gone: UInt64) -> Bool {
    guard goesOn, call.accepts else { return false }
    // A client may leave before it is accepted.
    let since = min(gone, trace.clock.duration(ageTicks(fd)) ?? 0)
    return since < Thresholds.serviceNs
      || since <= trace.clock.duration(siblings.maxTicks) ?? .max
  }

  /// When the process could know that the peer had closed.
  func peerClosedTicks(_ fd: Descriptor) -> UInt64 {
    if let note = fd.note, !fd.hasTimedOut(trace) { return note.ticks }
    guard let detail = fd.detail, let checked = detail.checkedTicks,
      let gone = detail.peerClosedNs.flatMap(trace.clock.ticks), gone < checked
    else { return fd.openedTicks }
    return max(checked - gone, fd.openedTicks)
  }

  var isNeverClosed: Bool {
    // What is closed must not be more than noise beside what stays.
    closedCalls == 0 || UInt64(opens) / 10 >= closedCalls
  }

  var isOneForEachThread: Bool {
    fds.count < 2 || Set(fds.lazy.map(\.thread)).count == opens
  }

  /// All threads that opened one were there together, and went on.
  var threadsLiveOn: Bool {
    process.work.areActive(Set(fds.map(\.thread)), of: view.process.id, after: lastTicks)
  }

  /// The process went on working for long, by what it opened, and opened none of these
  /// any more: what a leak is part of would have happened again.
  var isWorkedPool: Bool {
    let (work, id) = (process.work, view.process.id)
    let after = work.opens(of: id, after: lastTicks)
    guard after >= Thresholds.poolWork,
      after / Thresholds.poolRestFactor >= work.opens(of: id, until: lastTicks)
    else { return false }
    return areLikePool
  }

  /// Files of names of their own, connections, and what loops and threads talk by.
  private var areLikePool: Bool {
    haveOwnNames(fds.filtered { $0.kind == .file || $0.kind == .dir })
      && fds.allSatisfy {
        switch $0.kind {
        case .file, .dir, .pipe: true
        case .tcp, .unix, .udp: $0.flags.contains(.connected) || $0.detail?.remote != nil
        default: $0.isLoopObject
        }
      }
  }

  /// Opened in a burst, and both ends have kept them since: sending and receiving is not
  /// recorded, so that they may be in use all the time.
  var areIdleConnections: Bool {
    isRestedBurst
      && fds.allSatisfy {
        $0.kind == .tcp && ($0.detail?.tcpState == .established || leftAtTheEnd($0))
      }
  }

  /// Connections that the process made in a burst, and whose servers have closed them since,
  /// which nobody has read: a pool learns it when it takes one again.
  var areDroppedByServers: Bool {
    !call.accepts && isRestedBurst
      && fds.allSatisfy { $0.kind == .tcp && $0.detail?.tcpState != nil && !$0.hasReadEnd(trace) }
  }

  private var isRestedBurst: Bool {
    let rest = view.endTicks.subtractingWithSaturation(lastTicks)
    guard let restNs = trace.clock.duration(rest) else { return false }
    return restNs >= Thresholds.idleConnectionsNs
      && rest / Thresholds.poolRestFactor >= spreadTicks
  }

  var isSpreadOverLife: Bool {
    Double(spreadTicks) >= Thresholds.spreadShare * Double(view.lifeTicks) && spreadTicks > 0
  }

  func isSpreadOverActivity(_ fds: DescriptorList) -> Bool {
    let opened = fds.map(\.openedTicks)
    guard let first = opened.min(), let last = opened.max(), share.lastTicks > share.firstTicks
    else { return false }
    return Double(last - first)
      >= Thresholds.spreadShare * Double(share.lastTicks - share.firstTicks)
  }

  /// The first opens of a site that went on opening: a log file, a first
  /// connection, a pool filled at start.
  func isStartUp(_ fds: DescriptorList) -> Bool {
    let opened = fds.map(\.openedTicks)
    guard let first = opened.min(), let last = opened.max(), first <= share.firstTicks else {
      return false
    }
    return Double(last - first)
      <= Thresholds.startUpShare * Double(share.lastTicks - share.firstTicks)
  }

  /// The process went on without the site, which it had used in one burst, or as it started: what
  /// stayed open then did not come again and again.
  var isLeftBehind: Bool {
    let rest = view.endTicks.subtractingWithSaturation(share.lastTicks)
    guard let restNs = trace.clock.duration(rest), restNs >= Thresholds.carriedOnNs,
      let activityNs = trace.clock.duration(
        share.lastTicks.subtractingWithSaturation(share.firstTicks))
    else { return false }
    let start = share.lastTicks.subtractingWithSaturation(view.process.startTicks)
    return activityNs < Thresholds.spreadNs || rest / Thresholds.poolRestFactor >= start
  }

  /// Opened at once, and nothing since, for as long as it takes to believe it.
  /// One path opened over and over is no pool.
  var isRestedPool: Bool { isPool(since: share.lastTicks) }

  func isPool(since moment: UInt64, restNs least: UInt64 = Thresholds.poolRestNs) -> Bool {
    if areLogs(fds) { return true }
    let rest = view.endTicks.subtractingWithSaturation(moment)
    let start = lastTicks.subtractingWithSaturation(view.process.startTicks)
    guard let restNs = trace.clock.duration(rest), restNs >= least,
      rest / Thresholds.poolRestFactor >= start
    else { return false }
    return fds.allSatisfy { ($0.kind != .file && $0.kind != .dir) || $0.isEmptyDevice }
      || haveOwnNames(fds)
  }

  /// The first files of many, each under a name of its own: those that everybody asks
  /// for stay, while others make room.
  func isLikeCache(_ fds: DescriptorList) -> Bool {
    haveOwnNames(fds) && share.opened >= Thresholds.poolWork
      && share.opened / Thresholds.poolRestFactor >= UInt64(fds.count)
  }

  func haveOwnNames(_ fds: DescriptorList) -> Bool {
    let names = fds.compactMap(\.displayName)
    return names.count == fds.count && Set(names).count == names.count
  }

  /// Of several ways each has too little to be judged by itself.
  var mayBeManyPlaces: Bool { ways.map { opens < Thresholds.loopOpens * $0 } ?? false }

  /// Half of them and more are of what another one is of, too; what has no name is of its kind.
  func areOfFewNames(_ fds: DescriptorList) -> Bool {
    Set(fds.lazy.map { $0.displayName ?? $0.kind.name }).count * 2 <= fds.count
  }

  /// Most are: of some the trace may have had no room for the name.
  var areNamed: Bool { 2 * fds.count { $0.displayName != nil } > fds.count }

  /// Log files stay open by intention, each once.
  func areLogs(_ fds: DescriptorList) -> Bool {
    haveOwnNames(fds)
      && fds.allSatisfy { $0.kind == .file && $0.displayName?.hasSuffix(".log") == true }
  }
}
