import TraceModel

/// What the cases of one process have in common. An object, as ``CaseCall`` is: of a million
/// cases each refers to it, where copies of all that it holds would cost more than judging.
final class CaseProcess: Sendable {
  let trace: Trace
  let stacks: SiteStacks
  let view: ProcessView
  /// When the process last opened or closed anything.
  let lastActivityTicks: UInt64
  /// When it last opened anything.
  let lastOpenTicks: UInt64
  /// When it last closed what it had opened at a site, by the index of the site's group.
  let lastCloses: [Int: UInt64]
  let children: ChildrenView
  /// The numbers of what it meant for the program that it went on as.
  let handedOver: Set<Int>
  /// The process's own ends of connections.
  let ends: ConnectionEnds
  let sessions: Sessions
  let work: WorkHistory
  let marks: Marks

  init(
    _ view: ProcessView, _ trace: Trace, _ stacks: SiteStacks, lastOpenTicks: UInt64,
    lastCloses: [Int: UInt64], children: ChildrenView, handedOver: Set<Int>, work: WorkHistory,
    marks: Marks
  ) {
    self.trace = trace
    self.stacks = stacks
    self.view = view
    self.lastOpenTicks = lastOpenTicks
    self.lastCloses = lastCloses
    lastActivityTicks = max(lastOpenTicks, lastCloses.values.max() ?? 0)
    self.children = children
    self.handedOver = handedOver
    let ends = ConnectionEnds(view, trace)
    self.ends = ends
    sessions = Sessions(view, trace, ends)
    self.work = work
    self.marks = marks
  }
}
