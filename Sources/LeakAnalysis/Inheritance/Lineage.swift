import TraceModel

/// From a duplicate back to the descriptor that its open file was made with.
struct Lineage {
  /// For each object the oldest descriptor of it that stands in any table: the first of
  /// all, or when that number was used again, the oldest duplicate. A child that duplicates
  /// what it inherited knows the object of the original, and its parent does not.
  private var oldest: [UInt32: Descriptor] = [:]

  init(_ processes: [TracedProcess]) {
    for process in processes {
      for descriptor in process.descriptors where descriptor.object != 0 {
        if let known = oldest[descriptor.object], known.openedTicks <= descriptor.openedTicks {
          continue
        }
        oldest[descriptor.object] = descriptor
      }
    }
  }

  /// The first descriptor of the open file; `held` itself when it is that, or when nothing
  /// tells of an earlier one.
  func root(of held: Descriptor) -> Descriptor {
    guard held.object != 0, let oldest = oldest[held.object],
      oldest.openedTicks <= held.openedTicks
    else { return held }
    return oldest
  }

  /// A descriptor that a call of the dup family made, and not a file action of posix_spawn.
  func isDuplicate(_ held: Descriptor) -> Bool {
    !root(of: held).isSameOpening(as: held)
  }
}
