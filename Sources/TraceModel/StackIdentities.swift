/// Tells which stacks have equal content, though stored under several numbers,
/// as racing writers may do. Linear in the nodes that are asked for.
public struct StackIdentities: Sendable {
  private struct Content: Hashable {
    var frame: UInt64
    var parent: UInt32
  }

  private let stacks: StackStore
  private var identities: [StackNumber: UInt32] = [:]
  private var contents: [Content: UInt32] = [:]

  public init(_ stacks: StackStore) { self.stacks = stacks }

  /// Equal for stacks of equal frames; 0 for those that were never stored.
  ///
  /// A chain that leads in a circle is cut where it would come round, and one that is
  /// deeper than a stack can be, there.
  public mutating func identity(of stack: StackNumber) -> UInt32 {
    var chain: [(number: StackNumber, frame: UInt64)] = []
    var number = stack
    var identity: UInt32 = 0
    while number != 0, let node = stacks.node(number) {
      if let known = identities[number] {
        identity = known
        break
      }
      guard chain.count < StackStore.maximumDepth else { break }
      // Met again before it is known, it closes a circle.
      identities[number] = 0
      chain.append((number, node.frame))
      number = node.parent
    }
    for (number, frame) in chain.reversed() {
      let content = Content(frame: frame, parent: identity)
      identity = contents[content] ?? UInt32(truncatingIfNeeded: contents.count + 1)
      contents[content] = identity
      identities[number] = identity
    }
    return identity
  }
}
