/// Tells which stacks have equal content, though stored under several numbers,
/// as racing writers may do. Linear in the nodes that are asked for.
public struct StackIdentities: Sendable {
  private struct Content: Hashable {
    var frame: UInt64
    var parent: Int
  }

  private let stacks: StackStore
  private var identities: [StackNumber: Int] = [:]
  private var contents: [Content: Int] = [:]

  public init(_ stacks: StackStore) { self.stacks = stacks }

  /// Equal for stacks of equal frames; 0 for those that were never stored.
  ///
  /// A chain that leads in a circle, or deeper than a stack can be, is cut.
  public mutating func identity(of stack: StackNumber) -> Int {
    var chain: [(number: StackNumber, frame: UInt64)] = []
    var number = stack
    var identity = 0
    while number != 0, let node = stacks.node(number) {
      if let known = identities[number] {
        identity = known
        break
      }
      guard chain.count < StackStore.maximumDepth else { break }
      chain.append((number, node.frame))
      number = node.parent
    }
    for (number, frame) in chain.reversed() {
      let content = Content(frame: frame, parent: identity)
      identity = contents[content] ?? contents.count + 1
      contents[content] = identity
      identities[number] = identity
    }
    return identity
  }
}
