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

  /// Terminals and streams of children that go on: who closed them would hang up, or cut them off.
  func judgeOfChildren() -> Judgement? {
    let used = areStreamsOfParting ? Set(fds.map(\.fd)) : terminalsOfLiving.union(streamsOfLiving)
    guard !used.isEmpty else { return nil }
    let reason = Reason.channelToChild(count: used.count)
    guard used.count < live else { return .init(verdict: .held, reasons: [reason]) }
    var judgement = without { used.contains($0.fd) }.judgeHistory()
    judgement.reasons.append(reason)
    judgement.apart.formUnion(used)
    return judgement
  }

  /// By number; none where the children that got them first, and are still there, are fewer.
  private var terminalsOfLiving: Set<Int> {
    let used = fds.filtered { $0.kind == .pty && firstHeir(of: $0).map(isThere) == true }
    return used.count <= heirs(of: used) ? Set(used.map(\.fd)) : []
  }

  /// The same of channels, of which a child may have several.
  private var streamsOfLiving: Set<Int> {
    let used = fds.filtered { fd in
      fd.isChannel && firstHeir(of: fd).map { isThere($0) && wasMade(fd, for: $0) } == true
    }
    let opens = OpeningCalls.count(used, makePairs: call.makesPairs)
    return opens <= heirs(of: used) * Self.streams ? Set(used.map(\.fd)) : []
  }

  /// How many children have any of them that did not end before this process.
  private func heirs(of fds: DescriptorList) -> Int {
    process.children.liveCount(of: view.process.id, holding: fds)
  }

  private func isThere(_ heir: ChildrenView.Heir) -> Bool { heir.end == nil }

  /// All are streams of children that were there together, until right before the end at least: who
  /// ends in order ends them first.
  private var areStreamsOfParting: Bool {
    var heirs: Set<Int> = []
    for fd in fds {
      guard fd.isChannel, let heir = firstHeir(of: fd), wasMade(fd, for: heir), stayed(heir)
      else { return false }
      heirs.insert(heir.id)
    }
    return opens <= heirs.count * Self.streams
  }

  /// A child has its input, output and errors.
  static let streams = ProcessView.standardStreams.count

  func firstHeir(of fd: Descriptor) -> ChildrenView.Heir? {
    process.children.firstHeir(of: fd, from: view.process.id)
  }

  /// What is made for a child comes right before it.
  func wasMade(_ fd: Descriptor, for heir: ChildrenView.Heir) -> Bool {
    let gap = trace.clock.duration(heir.start.subtractingWithSaturation(fd.openedTicks))
    return gap ?? .max <= Thresholds.sessionNs
  }

  private func stayed(_ heir: ChildrenView.Heir) -> Bool {
    guard let end = heir.end else { return true }
    let rest = view.endTicks.subtractingWithSaturation(end)
    return end > lastTicks && !wasLongAgo(end)
      && rest < end.subtractingWithSaturation(heir.start)
  }

  /// A process that serves one peer ends with it, and leaves closing to the kernel.
  func sessionEnd(of fd: Descriptor) -> Judgement? {
    guard case .exit = view.process.end,
      fd.hasReadEnd(trace) || fd.wasOverAtShutdown(trace) || fd.wasReset(trace),
      process.lastOpenTicks <= peerClosedTicks(fd),
      let rest = nsToEnd(from: peerClosedTicks(fd)), rest < Thresholds.partingNs
    else { return nil }
    return .init(verdict: .held, reasons: [.sessionEnd(withinNs: rest)])
  }

  /// All of these peers went right before the process ended, each after it had been there for longer
  /// than that took, and nothing was opened afterwards: who only asked a server ends with it. Who
  /// serves reads an end to close there and then.
  func leftWithIt(_ closed: [Descriptor]) -> Bool {
    !goesOn && !call.accepts
      && closed.allSatisfy { fd in
        let gone = peerClosedTicks(fd)
        guard process.lastOpenTicks <= gone, let rest = nsToEnd(from: gone) else { return false }
        let there = trace.clock.duration(gone.subtractingWithSaturation(fd.openedTicks)) ?? 0
        return rest < Thresholds.partingNs && there > rest
      }
  }
}
