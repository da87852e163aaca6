import Suppressions
import TraceModel

/// The case of one process at one site: what it opened there and still holds,
/// standard streams apart, and a listener or two among others. Times are ticks.
struct Case {
  let trace: Trace
  let view: ProcessView
  let share: SiteGroup.Share
  let fds: DescriptorList
  /// How many listeners were set apart: where one call serves for all sockets, as an
  /// interpreter's does, what the others do says nothing of them.
  let listeners: Int
  /// Closed ones of the same site, over all processes, and their longest life.
  let siblings: UInt64
  let siblingMaxTicks: UInt64
  /// What the process last opened or closed anywhere.
  let lastActivityTicks: UInt64
  let children: ChildrenView
  /// The process's own ends of connections.
  let ends: ConnectionEnds
  let work: WorkHistory
  /// Those that may be for the call of the site.
  let holders: [Suppression]

  /// Distinct calls: those that make a pair open two at one moment.
  let opens: Int
  let firstTicks: UInt64
  let lastTicks: UInt64

  init(
    trace: Trace, view: ProcessView, share: SiteGroup.Share, siblings: UInt64,
    siblingMaxTicks: UInt64, lastActivityTicks: UInt64, children: ChildrenView,
    ends: ConnectionEnds, work: WorkHistory, holders: [Suppression]
  ) {
    self.trace = trace
    self.view = view
    self.share = share
    // They come in order: none but the first ones may be such.
    let own =
      share.live.first?.isStandardStream == true
      ? share.live.filtered { !$0.isStandardStream } : share.live
    let listening = own.count(where: \.isListening)
    listeners = listening < min(Thresholds.spreadOpens, own.count) ? listening : 0
    fds = listeners == 0 ? own : own.filtered { !$0.isListening }
    self.siblings = siblings
    self.siblingMaxTicks = siblingMaxTicks
    self.lastActivityTicks = lastActivityTicks
    self.children = children
    self.ends = ends
    self.work = work
    self.holders = holders
    struct Call: Hashable {
      var ticks: UInt64
      var thread: UInt32
    }
    opens =
      fds.count < 2
      ? fds.count : Set(fds.lazy.map { Call(ticks: $0.openedTicks, thread: $0.thread) }).count
    firstTicks = fds.lazy.map(\.openedTicks).min() ?? 0
    lastTicks = fds.lazy.map(\.openedTicks).max() ?? 0
  }

  /// Calls of the process that left nothing open. One end of a pair is closed soon
  /// where the other is handed on, so a pair counts when both are.
  var closedCalls: UInt64 {
    guard makesPairs else { return share.closed }
    let calls = share.opened / 2
    return calls > UInt64(opens) ? calls - UInt64(opens) : 0
  }

  var makesPairs: Bool {
    guard let call = fds.first?.call else { return false }
    let api = trace.callName(call)
    return api == "pipe" || api == "pipe2" || api == "socketpair"
  }

  var spreadTicks: UInt64 { lastTicks - firstTicks }
  var spreadNs: UInt64? { trace.clock.duration(spreadTicks) }
  var live: Int { fds.count }

  func ageTicks(_ descriptor: Descriptor) -> UInt64 {
    view.endTicks > descriptor.openedTicks ? view.endTicks - descriptor.openedTicks : 0
  }
}
