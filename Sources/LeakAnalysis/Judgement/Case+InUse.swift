import TraceModel

/// What is in use beside what leaks, of what the process did not accept.
extension Case {
  /// The verdict without what was opened for connections that are in use, and without the one that
  /// took the place of connections that are over. Nil where there is none of that.
  func judgeBesideInUse() -> Judgement? {
    guard !call.accepts else { return nil }
    return judgeBesideCompanions() ?? judgeBesideConnected()
  }

  private func judgeBesideCompanions() -> Judgement? {
    guard let ticks = trace.clock.ticks(Thresholds.sessionNs) else { return nil }
    let sessions = process.sessions
    let used = sessions.companions(
      among: fds.filtered { mayServe($0) }, within: ticks, arePairs: call.makesPairs)
    guard !used.isEmpty else { return nil }
    let rest = without { used.contains($0.fd) }
    guard !rest.fds.isEmpty else {
      return .init(
        verdict: .suspect, reasons: [.onePerConnection(connections: sessions.count)])
    }
    var judgement = rest.judgeOpen()
    if judgement.verdict != .leak {
      // One that came right after a connection may have done so by chance.
      guard opens - rest.opens >= Thresholds.spreadOpens else { return nil }
      judgement.verdict = .suspect
    }
    judgement.apart.formUnion(used)
    judgement.reasons.append(.companionsAmong(count: used.count))
    return judgement
  }

  /// Who connects anew when a connection is over uses the latest.
  private func judgeBesideConnected() -> Judgement? {
    guard let latest = fds.max(by: { $0.openedTicks < $1.openedTicks }),
      latest.openedTicks == share.lastTicks, latest.detail?.tcpState == .established,
      mayServe(latest)
    else { return nil }
    let rest = without { $0.fd == latest.fd }
    guard !rest.fds.isEmpty, rest.fds.allSatisfy(isOver) else { return nil }
    var judgement = rest.judgeOpen()
    guard judgement.verdict == .leak else { return nil }
    judgement.apart.insert(latest.fd)
    judgement.reasons.append(.connectedAmong(count: 1))
    return judgement
  }

  /// Nothing has happened to it after which it is of no use.
  private func mayServe(_ fd: Descriptor) -> Bool {
    fd.failure(trace) == nil && !fd.isPeerClosed(trace) && !fd.isOtherEndGone(trace)
      && (fd.detail?.tcpState ?? .established) == .established
  }

  /// A connection that ended, or never came about.
  private func isOver(_ fd: Descriptor) -> Bool {
    guard fd.kind == .tcp else { return false }
    if fd.failure(trace) != nil || fd.isPeerClosed(trace) { return true }
    return fd.detail?.tcpState == .close
  }
}
