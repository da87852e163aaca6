/// The stacks of a live trace that were asked for. Once published, a node stays as it is.
struct LiveStacks: StackNodes {
  private struct Content: Hashable {
    var frame: UInt64
    var parent: StackNumber
  }

  private var nodes: [StackNumber: StackStore.Node] = [:]
  private var canonicals: [StackNumber: StackNumber] = [:]
  private var firsts: [Content: StackNumber] = [:]
  private var addresses: [StackNumber: Set<UInt64>] = [:]
  /// Of what is added: no trace has as many stacks that these numbers meet its own.
  private var lowest = StackNumber.max

  func has(_ stack: StackNumber) -> Bool { nodes[stack] != nil }

  mutating func insert(_ node: StackStore.Node, as stack: StackNumber) { nodes[stack] = node }

  func node(_ number: StackNumber) -> StackStore.Node? { nodes[number] }

  mutating func append(_ node: StackStore.Node) -> StackNumber? {
    guard nodes[lowest - 1] == nil else { return nil }
    lowest -= 1
    nodes[lowest] = node
    return lowest
  }

  /// Those outside of any module that a stack leads through.
  mutating func addresses(of stack: StackNumber) -> Set<UInt64> {
    if let known = addresses[stack] { return known }
    let found = addressesOfGeneratedCode(of: stack)
    addresses[stack] = found
    return found
  }

  /// The first stack met of equal content; the stack itself when it was never stored. A chain
  /// that leads in a circle ends where it comes round.
  mutating func canonical(_ stack: StackNumber) -> StackNumber {
    var chain: [StackNumber] = []
    var number = stack
    var canonical: StackNumber = 0
    while number != 0, let node = nodes[number] {
      if let known = canonicals[number] {
        canonical = known
        break
      }
      guard chain.count < StackStore.maximumDepth else { break }
      canonicals[number] = number
      chain.append(number)
      number = node.parent
    }
    for number in chain.reversed() {
      guard let node = nodes[number] else { continue }
      let content = Content(frame: node.frame, parent: canonical)
      canonical = firsts[content] ?? number
      firsts[content] = canonical
      canonicals[number] = canonical
    }
    return chain.isEmpty && canonical == 0 ? stack : canonical
  }
}
