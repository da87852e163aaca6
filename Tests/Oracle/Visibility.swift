/// Which changes the program could see, and the trace must have: all but those of
/// descriptors that one call opened and closed again before it returned, such as the
/// other end of popen's pipe.
struct Visibility {
  /// Indices into the image's changes.
  private(set) var visible: Set<Int>
  /// Opened and closed by the same function, which the program does not mark: in one
  /// call of it, or in two. Pairs of indices.
  private(set) var doubtful: [(opened: Int, closed: Int)] = []

  /// - Parameter unseen: indices of changes that are invisible for another reason.
  init(_ changes: [Change], unseen: Set<Int>) {
    visible = Set(changes.indices).subtracting(unseen)
    for (index, change) in changes.enumerated() where change.kind == .opened {
      guard let end = change.end, changes[end].thread == change.thread else { continue }
      let last = changes[end]
      switch (change.origin, last.origin) {
      case (.shim, .shim), (.loader, .loader), (.libc, .libc), (.libc, .loader), (.loader, .libc):
        hide(index, end)
      case (.wrapper(let first), .wrapper(let second)) where first == second:
        guard change.operation == last.operation else { continue }
        hide(index, end)
        if change.operation == 0 { doubtful.append((index, end)) }
      default: continue
      }
    }
    for (index, change) in changes.enumerated() where change.kind == .refused {
      if case .wrapper = change.origin { continue }
      visible.remove(index)
    }
  }

  private mutating func hide(_ opened: Int, _ closed: Int) {
    visible.remove(opened)
    visible.remove(closed)
  }

  mutating func show(_ pair: (opened: Int, closed: Int)) {
    visible.insert(pair.opened)
    visible.insert(pair.closed)
  }
}
