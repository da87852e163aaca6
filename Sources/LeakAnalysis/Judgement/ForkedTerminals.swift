import TraceModel

/// Terminals with the children that forkpty made for them: a child is there before its parent
/// has its end, so that no table of a child's tells of it.
struct ForkedTerminals {
  /// The parent's end, and whose terminal it is.
  private(set) var children: [(master: Descriptor, parent: Int, child: TracedProcess)] = []

  private struct Place: Hashable {
    var parent: Int
    var stack: StackNumber
  }

  init(_ views: [ProcessView], _ trace: Trace) {
    guard let call = trace.calls.firstIndex(of: "forkpty").flatMap(UInt16.init(exactly:)) else {
      return
    }
    var born: [Place: [TracedProcess]] = [:]
    for process in views.lazy.map(\.process) where process.bornCall == call {
      guard let parent = process.parent else { continue }
      born[Place(parent: parent, stack: process.bornStack), default: []].append(process)
    }
    for place in born.keys { born[place]?.sort { $0.startTicks < $1.startTicks } }
    for view in views {
      let id = view.process.id
      for master in view.own where master.call == call && !master.isStandardStream {
        guard let made = born[Place(parent: id, stack: master.stack)] else { continue }
        let next = made.partitioningIndex { $0.startTicks > master.openedTicks }
        if next > 0 { children.append((master, id, made[next - 1])) }
      }
    }
  }
}
