import TraceModel

/// The case of one process at one site: what it opened there and still holds,
/// standard streams apart, and a listener or two among others. Times are ticks.
struct Case {
  let process: CaseProcess
  let call: CaseCall
  let share: SiteGroup.Share
  let fds: DescriptorList
  /// How many listeners were set apart: where one call serves for all sockets, as an
  /// interpreter's does, what the others do says nothing of them.
  let listeners: Int
  /// How many were set apart as what a runtime opens once, and keeps.
  let keptOnce: Int
  /// Closed ones of the same site.
  let siblings: Siblings
  /// How many of the process's own are closed, where all are that its end closed.
  let endedOnly: UInt64
  /// How many ways of opening the site stands for; nil: it is one stack.
  let ways: Int?
  /// Whether the stack does not tell whose calls they were.
  let mayBeManyCallers: Bool
  /// Of how many what happened to some is told: `live`, and what has a case of its own.
  let total: Int

  /// Distinct calls: those that make a pair open two at one moment.
  let opens: Int
  /// The same with those of which there is a case of its own.
  private let openCalls: Int
  let firstTicks: UInt64
  let lastTicks: UInt64

  init(
    _ share: SiteGroup.Share, _ live: DescriptorList, of process: CaseProcess, by call: CaseCall,
    siblings: Siblings, ways: Int?, endedOnly: UInt64, mayBeManyCallers: Bool, total: Int? = nil,
    openCalls: Int? = nil
  ) {
    self.process = process
    self.call = call
    self.share = share
    // They come in order: none but the first ones may be such.
    let own =
      live.first?.isStandardStream == true ? live.filtered { !$0.isStandardStream } : live
    let listening = own.count { $0.isListening }
    listeners = listening < min(Thresholds.spreadOpens, own.count) ? listening : 0
    let others = listeners == 0 ? own : own.filtered { !$0.isListening }
    let once = Self.keptOnce(among: others)
    keptOnce = once.count
    fds = once.isEmpty ? others : others.filtered { !once.contains($0.fd) }
    self.siblings = siblings
    self.ways = ways
    self.endedOnly = endedOnly
    self.mayBeManyCallers = mayBeManyCallers
    self.total = total ?? fds.count
    opens = OpeningCalls.count(fds, makePairs: call.makesPairs)
    self.openCalls = openCalls ?? opens
    var (first, last) = (UInt64.max, UInt64(0))
    for descriptor in fds {
      first = min(first, descriptor.openedTicks)
      last = max(last, descriptor.openedTicks)
    }
    (firstTicks, lastTicks) = (min(first, last), last)
  }

  /// The case of all others.
  func without(_ isLeftOut: (Descriptor) -> Bool) -> Case {
    Case(
      share, fds.filtered { !isLeftOut($0) }, of: process, by: call, siblings: siblings,
      ways: ways, endedOnly: endedOnly, mayBeManyCallers: mayBeManyCallers, total: total,
      openCalls: openCalls)
  }

  /// The random devices and the archives of code that a runtime opens, once each, where it opens
  /// what a program asks for, too; by number. None where there is nothing else.
  private static func keptOnce(among fds: DescriptorList) -> Set<Int> {
    var found: [String: [Int]] = [:]
    var count = 0
    for fd in fds where fd.kind == .file {
      guard let name = fd.detail?.text, isRuntimes(name) else { continue }
      found[name, default: []].append(fd.fd)
      count += 1
    }
    guard count < fds.count else { return [] }
    return Set(found.values.lazy.filter { $0.count == 1 }.joined())
  }

  private static func isRuntimes(_ path: String) -> Bool {
    path == "/dev/urandom" || path == "/dev/random" || path.hasSuffix(".jar")
  }

  /// Calls of the process that left nothing open. One end of a pair is closed soon
  /// where the other is handed on, so a pair counts when both are.
  var closedCalls: UInt64 {
    guard call.makesPairs else { return share.closed.subtractingWithSaturation(endedOnly) }
    let calls = share.opened / 2
    return calls.subtractingWithSaturation(UInt64(openCalls))
  }

  var trace: Trace { process.trace }
  var view: ProcessView { process.view }

  var spreadTicks: UInt64 { lastTicks - firstTicks }
  var spreadNs: UInt64? { trace.clock.duration(spreadTicks) }
  var live: Int { fds.count }

  func ageTicks(_ descriptor: Descriptor) -> UInt64 {
    view.endTicks.subtractingWithSaturation(descriptor.openedTicks)
  }
}
