import TraceModel

/// What the children that a process forked got from it.
struct ChildrenView {
  /// One opening: a pair is one, and a child may have closed either end and
  /// used its number again.
  private struct Held: Hashable {
    var parent: Int
    var openedTicks: UInt64
  }
  private var heirs: [Held: Set<Int>] = [:]
  private var living: Set<Int> = []

  init(_ views: [ProcessView]) {
    for view in views {
      if view.process.end == .none { living.insert(view.process.id) }
      guard let parent = view.process.parent else { continue }
      // Closed ones count: a child closes the parent's end.
      for descriptor in view.process.descriptors where descriptor.via == .fork {
        let held = Held(parent: parent, openedTicks: descriptor.openedTicks)
        heirs[held, default: []].insert(view.process.id)
      }
    }
  }

  /// True when each of `fds` of `parent`, or the other end of its pair, went to some child.
  func haveAll(_ fds: [Descriptor], of parent: Int) -> Bool {
    fds.allSatisfy { heirs[Held(parent: parent, openedTicks: $0.openedTicks)] != nil }
  }

  /// How many children that got one of `fds` were not seen to end.
  func liveCount(of parent: Int, holding fds: [Descriptor]) -> Int {
    var children: Set<Int> = []
    // Each opening once: many descriptors and many children may share one.
    for ticks in Set(fds.map(\.openedTicks)) {
      children.formUnion(heirs[Held(parent: parent, openedTicks: ticks)] ?? [])
    }
    return children.intersection(living).count
  }
}
