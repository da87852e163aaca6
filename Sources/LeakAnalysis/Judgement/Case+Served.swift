import TraceModel

/// Connections that a server accepts for children, one for each, and keeps its own copies of.
extension Case {
  /// 3. Children served them, and closed their copies: nobody serves them here, whatever their
  /// clients wait for.
  func judgeLeftByChildren() -> Judgement? {
    let left = leftByChildren.filter(isOlderThanSiblings)
    guard left.count(where: { isClosedByChild($0) && hadTimeToClose($0) }) >= Thresholds.loopOpens
    else { return nil }
    let numbers = Set(left.map(\.fd))
    let others = without { numbers.contains($0.fd) }
    var judgement = Judgement(verdict: .leak, reasons: [reason(left, of: live)])
    if closedCalls == 0 {
      judgement.reasons.append(.neverClosed(opens: opens, withinNs: spreadNs))
    }
    guard !others.fds.isEmpty else { return judgement }
    let rest = others.judgeHistory()
    if rest.verdict == .leak {
      judgement.apart = rest.apart
    } else {
      judgement.apart = Set(others.fds.lazy.map(\.fd))
      if let peers = connectedPeers(others.fds) { judgement.reasons.append(peers) }
    }
    return judgement
  }

  /// What is to be said of those beside another verdict; nil where there are none.
  func leftByChildren(beside judgement: Judgement) -> Reason? {
    guard judgement.verdict == .leak || judgement.verdict == .suspect,
      !judgement.reasons.contains(where: { $0.code == "left_by_children" })
    else { return nil }
    let left = leftByChildren.filter { !judgement.apart.contains($0.fd) }
    guard left.contains(where: hadTimeToClose) else { return nil }
    return reason(left, of: live - judgement.apart.count)
  }

  /// Those that went to a child of its own by fork right after they came, which has ended without
  /// having become another program.
  private var leftByChildren: [Descriptor] {
    guard call.accepts else { return [] }
    var children: Set<Int> = []
    return fds.filter { fd in
      guard let heir = firstHeir(of: fd), heir.end != nil, !heir.isReplaced,
        process.children.birth(of: heir.id) != nil, wasMade(fd, for: heir)
      else { return false }
      return children.insert(heir.id).inserted
    }
  }

  private func isClosedByChild(_ fd: Descriptor) -> Bool {
    process.children.isClosedByFirstHeir(fd, of: view.process.id)
  }

  /// Its child ended long ago, or before another came: who waits for children to end has seen that.
  private func hadTimeToClose(_ fd: Descriptor) -> Bool {
    guard let end = firstHeir(of: fd)?.end else { return false }
    return share.lastTicks > end || wasLongAgo(end)
  }

  /// Than any that was closed, by this process or another, and by far: a server may close its
  /// copies later.
  private func isOlderThanSiblings(_ fd: Descriptor) -> Bool {
    guard siblings.count > 0 else { return true }
    let (limit, overflow) = siblings.maxTicks.multipliedReportingOverflow(
      by: Thresholds.siblingAgeFactor)
    return !overflow && ageTicks(fd) > limit
  }

  private func reason(_ left: [Descriptor], of total: Int) -> Reason {
    let births = left.compactMap { firstHeir(of: $0) }.compactMap {
      process.children.birth(of: $0.id)
    }
    let isOnePlace = births.allSatisfy { $0 == births.first }
    return .leftByChildren(
      api: trace.callName(births.first?.call ?? 0), count: left.count, of: total,
      closed: left.count(where: isClosedByChild),
      stack: isOnePlace ? births.first?.stack ?? 0 : 0)
  }
}
