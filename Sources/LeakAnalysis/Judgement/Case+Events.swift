import Glibc
import TraceModel

/// Rules 1 and 2: by what has happened to them since they were opened.
extension Case {
  /// 1. The last that happened to it was a failure.
  func judgeFailures() -> Judgement? {
    let failing = fds.filter { $0.failure(trace) != nil }
    let given = failing.filter { !$0.mayBeTriedAgain(by: view.endTicks) }
    // What is tried again says nothing of what others were given up for.
    let failures = (given.isEmpty ? failing : given).compactMap { $0.failure(trace) }
    guard !failures.isEmpty else { return nil }
    if live == 1, let end = failing.first.flatMap(sessionEnd) { return end }
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
    if !wereAbandoned(given.compactMap { $0.failure(trace)?.ticks }) || areDirectoriesKept(failures)
    {
      judgement.verdict = .suspect
    } else if failures.allSatisfy(broke),
      let others = areAsYoungAsSiblings(fds.filtered { $0.failure(trace) != nil })
    {
      judgement.verdict = .suspect
      judgement.reasons.append(others)
    }
    // The others are taken for part of what most of them met: only their peers are asked for.
    let isOfMost = judgement.verdict == .leak && 2 * failures.count >= live
    let ofAll = orLeak(judgement, ofAllBut: { $0.failure(trace) != nil }, leads: isOfMost) {
      isOfMost ? $0.judgePeersClosed() : $0.judgeOpen()
    }
    // Where the others leak, too, that tells which are in use.
    return ofAll.reasons == judgement.reasons
      ? tellingOfConnected(apartFromThoseInUse(judgement)) : ofAll
  }

  /// What failed explains nothing of those that are connected: another path may have left them.
  private func tellingOfConnected(_ judgement: Judgement) -> Judgement {
    let others = fds.filtered {
      $0.failure(trace) == nil && !judgement.apart.contains($0.fd)
    }
    let connected = others.count { $0.detail?.tcpState == .established }
    guard judgement.verdict == .leak, connected > 0 else { return judgement }
    var judgement = judgement
    judgement.reasons.append(.othersConnected(count: connected, of: others.count))
    return judgement
  }

  /// A server that forgets those that failed has others in use, if the kernel said so.
  private func apartFromThoseInUse(_ judgement: Judgement) -> Judgement {
    let used = fds.filtered { $0.failure(trace) == nil && $0.detail?.tcpState == .established }
    guard judgement.verdict == .leak, !used.isEmpty, let peers = connectedPeers(used) else {
      return judgement
    }
    var judgement = judgement
    judgement.apart.formUnion(used.lazy.map(\.fd))
    judgement.reasons.append(peers)
    return judgement
  }

  /// What says little, or is of few, must not hide what the others are.
  private func orLeak(
    _ judgement: Judgement, ofAllBut isJudged: (Descriptor) -> Bool, leads: Bool = false,
    judge: (Case) -> Judgement? = { $0.judgeOpen() }
  ) -> Judgement {
    let others = without(isJudged)
    guard !others.fds.isEmpty, let rest = judge(others) else { return judgement }
    return orLeak(
      judgement, by: rest,
      apart: judgement.verdict == .leak
        ? [] : Set(fds.lazy.map(\.fd)).subtracting(others.fds.lazy.map(\.fd)),
      leads: leads)
  }

  /// - Parameters:
  ///   - apart: the numbers of those that `rest` is not about.
  ///   - leads: what `judgement` says comes first, whatever `rest` is by.
  private func orLeak(
    _ judgement: Judgement, by rest: Judgement, apart: Set<Int> = [], leads: Bool = false
  ) -> Judgement {
    guard rest.verdict == .leak else { return judgement }
    let areCauses = leads || rest.reasons.first?.happenedTo != nil
    return .init(
      verdict: .leak,
      reasons: areCauses
        ? (judgement.reasons + rest.reasons).mostFrequentCausesFirst
        : rest.reasons + judgement.reasons,
      apart: rest.apart.union(apart))
  }

  /// 2. The peer has closed, and this side keeps its end. Of a peer that left as the process
  /// ended nobody could know yet.
  func judgePeersClosed() -> Judgement? {
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
    if let others = areAsYoungAsSiblings(fds.filtered { gone.contains($0.fd) }) {
      judgement.verdict = .suspect
      judgement.reasons.append(others)
      return orLeak(judgement, ofAllBut: { gone.contains($0.fd) })
    }
    if !wereAbandoned(closed.map(peerClosedTicks)) || areDroppedByServers || leftWithIt(closed) {
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
      judgement.apart = Set(others.lazy.map(\.fd))
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

  /// It had been set up, and was in use.
  private func broke(_ note: Descriptor.Note) -> Bool {
    CallName.transfers(trace.callName(note.call))
  }

  /// A few directories of names of their own, opened in a burst: a program that asked what they are
  /// keeps them for openat(2).
  private func areDirectoriesKept(_ failures: [Descriptor.Note]) -> Bool {
    opens < Thresholds.loopOpens && failures.allSatisfy { $0.error == EISDIR }
      && !isSpreadOverLife && haveOwnNames(fds)
  }

  /// In the life of the process that ends, or is looked at, now.
  func wasLongAgo(_ moment: UInt64) -> Bool {
    nsToEnd(from: moment) ?? 0 >= Thresholds.carriedOnNs
  }
}
