/// Makes stacks in which generated code has numbers. What stays as it was is shared with the
/// stacks of the trace, what is new among all that have it.
struct NamedStacks {
  private struct Content: Hashable {
    var frame: UInt64
    var parent: StackNumber
  }

  private var known: [StackUse: StackNumber] = [:]
  private var added: [Content: StackNumber] = [:]

  /// A hostile trace could have all of its stacks in each of its processes.
  private static let limit = 1 << 21

  /// Looks at each stack again, as numbers are others now; those of equal frames stay one.
  mutating func forget() { known = [:] }

  /// The stack itself where nothing of it has a number, or where there is no more room.
  mutating func stack(
    _ stack: StackNumber, of process: Int, _ numbers: [UInt64: Int],
    in stacks: inout some StackNodes
  ) -> StackNumber {
    var chain: [(number: StackNumber, node: StackStore.Node)] = []
    var number = stack
    while number != 0, let node = stacks.node(number) {
      let use = StackUse(stack: number, process: process)
      if let named = known[use] {
        number = named
        break
      }
      guard chain.count < StackStore.maximumDepth, known.count < Self.limit else { break }
      // Met again before it is known, it closes a circle.
      known[use] = number
      chain.append((number, node))
      number = node.parent
    }
    for (old, stored) in chain.reversed() {
      var node = stored
      if case .absolute(let address) = Frame(word: node.frame), let own = numbers[address] {
        node.frame = Frame.generated(own).word
      }
      node.parent = number
      number = node == stored ? old : add(node, to: &stacks) ?? old
      known[StackUse(stack: old, process: process)] = number
    }
    return number
  }

  private mutating func add(
    _ node: StackStore.Node, to stacks: inout some StackNodes
  ) -> StackNumber? {
    let content = Content(frame: node.frame, parent: node.parent)
    if let known = added[content] { return known }
    guard added.count < Self.limit, let number = stacks.append(node) else { return nil }
    added[content] = number
    return number
  }
}
