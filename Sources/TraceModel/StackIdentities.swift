/// Tells which stacks have equal content, though stored under several numbers,
/// as racing writers may do. Linear in the nodes that are asked for.
public struct StackIdentities: Sendable {
  private let stacks: StackStore
  /// Of each stack that was asked for its identity plus one; pages as those of the store.
  private var identities: [[UInt32]]
  /// By a node's frame and its parent's identity.
  private var contents = NumberTable()
  /// Of the stack that is asked for: what is not known yet.
  private var chain: [(number: StackNumber, frame: UInt64)] = []

  public init(_ stacks: StackStore) {
    self.stacks = stacks
    identities = Array(repeating: [], count: stacks.pages.count)
  }

  /// Equal for stacks of equal frames; 0 for those that were never stored.
  ///
  /// A chain that leads in a circle is cut where it would come round, and one that is
  /// deeper than a stack can be, there.
  public mutating func identity(of stack: StackNumber) -> UInt32 {
    chain.removeAll(keepingCapacity: true)
    var number = stack
    var identity: UInt32 = 0
    while number != 0, let node = stacks.node(number) {
      if let known = known(number) {
        identity = known
        break
      }
      guard chain.count < StackStore.maximumDepth else { break }
      // Met again before it is known, it closes a circle.
      know(0, of: number)
      chain.append((number, node.frame))
      number = node.parent
    }
    for (number, frame) in chain.reversed() {
      identity = UInt32(
        truncatingIfNeeded: contents.number(of: frame, identity, orNew: contents.count + 1))
      know(identity, of: number)
    }
    return identity
  }

  /// Of a stack that is stored.
  private func known(_ number: StackNumber) -> UInt32? {
    let (page, slot) = Int(number - 1).quotientAndRemainder(dividingBy: StackStore.pageSlots)
    guard !identities[page].isEmpty, identities[page][slot] != 0 else { return nil }
    return identities[page][slot] - 1
  }

  private mutating func know(_ identity: UInt32, of number: StackNumber) {
    let (page, slot) = Int(number - 1).quotientAndRemainder(dividingBy: StackStore.pageSlots)
    if identities[page].isEmpty {
      identities[page] = Array(repeating: 0, count: StackStore.pageSlots)
    }
    identities[page][slot] = identity + 1
  }
}
