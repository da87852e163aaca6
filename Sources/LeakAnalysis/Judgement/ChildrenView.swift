import TraceModel

/// What the children that a process forked got from it.
struct ChildrenView {
  /// One opening: a pair is one, and a child may have closed either end and
  /// used its number again.
  ///
  /// The place of the open is part of it, so that no two sites ask for one and the
  /// same: a hostile trace may have all opened at one moment.
  private struct Held: Hashable {
    var parent: Int
    var openedTicks: UInt64
    var site: UInt32
    var stack: StackNumber
    var call: UInt16

    init(_ descriptor: Descriptor, of parent: Int) {
      self.parent = parent
      openedTicks = descriptor.openedTicks
      (site, stack, call) = (descriptor.site, descriptor.stack, descriptor.call)
    }
  }
  /// The children that got it and were not seen to end, each once, in order: many thousands may
  /// have a thousand each.
  private var livingHeirs: [Held: [UInt32]] = [:]

  init(_ views: [ProcessView]) {
    for view in views {
      guard let parent = view.process.parent else { continue }
      let (id, lives) = (UInt32(clamping: view.process.id), view.process.end == .none)
      // Closed ones count: a child closes the parent's end.
      for descriptor in view.process.descriptors where descriptor.via == .fork {
        Self.add(lives ? id : nil, to: &livingHeirs[Held(descriptor, of: parent), default: []])
      }
    }
  }

  private static func add(_ heir: UInt32?, to heirs: inout [UInt32]) {
    if let heir, heirs.last != heir { heirs.append(heir) }
  }

  /// True when each of `fds` of `parent`, or the other end of its pair, went to some child.
  func haveAll(_ fds: DescriptorList, of parent: Int) -> Bool {
    fds.allSatisfy { livingHeirs[Held($0, of: parent)] != nil }
  }

  /// How many children that got one of `fds` were not seen to end.
  func liveCount(of parent: Int, holding fds: DescriptorList) -> Int {
    var children: Set<UInt32> = []
    // Each opening once: many descriptors and many children may share one.
    for held in Set(fds.map { Held($0, of: parent) }) {
      children.formUnion(livingHeirs[held] ?? [])
    }
    return children.count
  }
}
