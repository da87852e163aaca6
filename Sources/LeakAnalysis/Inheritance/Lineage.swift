import TraceModel

/// From a duplicate back to the descriptor that its open file was made with.
struct Lineage {
  /// Duplicates of duplicates that are followed.
  private static let limit = 64

  private let population: Population
  /// For each object of which the table of some process has the first descriptor still.
  private var roots: [UInt32: Descriptor] = [:]

  init(_ population: Population) {
    self.population = population
    for process in population.processes {
      for descriptor in process.descriptors
      where descriptor.object != 0 && descriptor.source == nil && descriptor.origin == process.id {
        if let known = roots[descriptor.object], known.openedTicks <= descriptor.openedTicks {
          continue
        }
        roots[descriptor.object] = descriptor
      }
    }
  }

  /// The first descriptor of the open file; `held` itself when it is that, or when nothing
  /// tells of an earlier one.
  func root(of held: Descriptor) -> Descriptor {
    guard held.object != 0 else { return held }
    if let root = roots[held.object], root.openedTicks <= held.openedTicks { return root }
    // The first number was used again; an older duplicate may be there.
    var oldest = held
    for _ in 0..<Self.limit {
      guard let source = oldest.source, let before = population[oldest.origin]?.descriptor(source),
        before.object == held.object, before.openedTicks < oldest.openedTicks
      else { break }
      oldest = before
    }
    return oldest
  }

  /// A descriptor that a call of the dup family made, and not a file action of posix_spawn.
  func isDuplicate(_ held: Descriptor) -> Bool {
    held.object != 0 && !root(of: held).isSameOpening(as: held)
  }
}
