import Suppressions
import TraceModel

/// What the cases of one process have in common. Objects, as ``CaseCall`` is: of a million
/// cases each refers to them, where copies of all that they hold would cost more than judging.
final class CaseProcess: Sendable {
  let trace: Trace
  let view: ProcessView
  /// What the process last opened or closed anywhere.
  let lastActivityTicks: UInt64
  let children: ChildrenView
  /// The process's own ends of connections.
  let ends: ConnectionEnds
  let work: WorkHistory
  let marks: Marks

  init(
    _ view: ProcessView, _ trace: Trace, lastActivityTicks: UInt64, children: ChildrenView,
    work: WorkHistory, marks: Marks
  ) {
    self.trace = trace
    self.view = view
    self.lastActivityTicks = lastActivityTicks
    self.children = children
    ends = ConnectionEnds(view, trace)
    self.work = work
    self.marks = marks
  }
}

/// What is asked of the function that opened, in each of its cases.
final class CaseCall: Sendable {
  /// Its name, and the one in the manual.
  let names: [String]
  /// Known holders that may be asked: of a million sites few differ in the call.
  let holders: [Suppression]
  let makesPairs: Bool
  let accepts: Bool

  init(_ name: String, _ holders: KnownHolders) {
    names = [name, CallName.plain(name)]
    self.holders = holders.candidates(for: names)
    makesPairs = ["pipe", "pipe2", "socketpair"].contains(name)
    accepts = name.hasPrefix("accept")
  }
}
