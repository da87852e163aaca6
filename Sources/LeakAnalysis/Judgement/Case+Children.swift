import TraceModel

/// What a program makes for its children, or as one of them.
extension Case {
  /// What a process made for the program that it went on as is no longer its to close.
  func judgeHandedOver() -> Judgement? {
    fds.allSatisfy { process.handedOver.contains($0.fd) }
      ? .init(verdict: .held, reasons: [.handedOver(count: live)]) : nil
  }

  /// What keeps numbers busy, made at once, and a few: the process goes on without more of them.
  func judgePlaceholders() -> Judgement? {
    guard opens > 1, opens < Thresholds.placeholders, share.closed == 0,
      fds.allSatisfy(\.isPlaceholder),
      isPool(since: share.lastTicks, restNs: Thresholds.placeholderRestNs)
    else { return nil }
    return .init(verdict: .held, reasons: [.startUp(live: live, withinNs: spreadNs)])
  }

  /// Terminals of children that go on: who closed them would hang up.
  func judgeTerminals() -> Judgement? {
    let isUsed = { (fd: Descriptor) in
      fd.kind == .pty && process.children.firstHeirLives(fd, of: view.process.id)
    }
    let used = fds.filtered(isUsed)
    guard !used.isEmpty,
      process.children.liveCount(of: view.process.id, holding: used) >= used.count
    else { return nil }
    let reason = Reason.channelToChild(count: used.count)
    guard used.count < live else { return .init(verdict: .held, reasons: [reason]) }
    var judgement = without(isUsed).judgeHistory()
    judgement.reasons.append(reason)
    judgement.apart.formUnion(used.lazy.map(\.fd))
    return judgement
  }

  /// A process that serves one peer ends with it, and leaves closing to the kernel.
  func sessionEnd(of fd: Descriptor) -> Judgement? {
    guard case .exit = view.process.end, fd.hasReadEnd(trace) || fd.wasOverAtShutdown(trace),
      process.lastOpenTicks <= peerClosedTicks(fd),
      let rest = nsToEnd(from: peerClosedTicks(fd)), rest < Thresholds.partingNs
    else { return nil }
    return .init(verdict: .held, reasons: [.sessionEnd(withinNs: rest)])
  }
}
