import Suppressions
import TraceModel

/// A verdict on what one process holds of one site, with its reasons.
struct Judgement {
  var verdict: Verdict
  var reasons: [Reason]
  /// The numbers of those that the verdict is not about.
  var apart: Set<Int> = []
}

extension Case {
  /// The first rule that applies decides; they are in the order of `docs/verdicts.md`.
  func judge() -> Judgement {
    guard !fds.isEmpty else {
      return .init(verdict: .held, reasons: [.standardStream(count: share.live.count)])
    }
    var judgement = judgeOpen()
    if judgement.verdict == .leak, let rest = judgeBesideInUse() { judgement = rest }
    if let reason = leftByChildren(beside: judgement) { judgement.reasons.append(reason) }
    if listeners > 0 { judgement.reasons.append(.listenersAmong(count: listeners)) }
    if keptOnce > 0 { judgement.reasons.append(.keptOnceAmong(count: keptOnce)) }
    if let ways { judgement.reasons.append(.manyWays(ways: ways)) }
    return judgement
  }

  func judgeOpen() -> Judgement {
    judgeKnownHolders() ?? judgeHandedOver() ?? judgeFailures() ?? judgePeersClosed()
      ?? judgeHistory()
  }

  /// By how they were opened, and what else was, whatever has happened to them.
  func judgeHistory() -> Judgement {
    judgeServices() ?? judgePlaceholders() ?? judgeOfChildren() ?? judgeLeftByChildren()
      ?? judgeReplacements() ?? judgeSiblings() ?? judgeChannels()
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
}
