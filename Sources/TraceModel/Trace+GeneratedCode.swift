extension Trace {
  /// More addresses of code that was made while programs ran are not looked at: a hostile trace
  /// could have others in each stack.
  private static let addressLimit = 1 << 16

  /// Addresses of code outside of any module, such as JIT code, by the processes
  /// (`TracedProcess.id`) that were in it. Linear in the trace.
  public func addressesOfGeneratedCode() -> [Int: Set<UInt64>] {
    var processes: [Int: Set<UInt64>] = [:]
    var addresses: [StackNumber: Set<UInt64>] = [:]
    var left = Self.addressLimit
    // Nothing is changed, nor copied.
    var trace = self
    trace.changeStacks { use in
      let found = addresses[use.stack] ?? absoluteAddresses(of: use.stack)
      addresses[use.stack] = found
      guard !found.isEmpty, left > 0 else { return nil }
      let before = processes[use.process]?.count ?? 0
      processes[use.process, default: []].formUnion(found)
      left -= (processes[use.process]?.count ?? 0) - before
      return nil
    }
    return processes
  }

  private func absoluteAddresses(of stack: StackNumber) -> Set<UInt64> {
    var addresses: Set<UInt64> = []
    stacks.forEachFrame(of: stack, atMost: StackStore.maximumDepth) { frame in
      if case .absolute(let address) = frame { addresses.insert(address) }
      return true
    }
    return addresses
  }

  /// Has `Frame.generated` in the place of such addresses, of each process (`TracedProcess.id`)
  /// those that `numbers` has: processes make other functions at one address, and stacks of theirs
  /// that are one in the trace are several then.
  public mutating func nameGeneratedCode(_ numbers: [Int: [UInt64: Int]]) {
    guard !numbers.isEmpty else { return }
    var named = NamedStacks(stacks)
    changeStacks { use in
      guard let own = numbers[use.process] else { return nil }
      let stack = named.stack(use.stack, of: use.process, own)
      return stack == use.stack ? nil : stack
    }
    stacks = named.stacks
  }
}

/// Makes stacks in which generated code has numbers. What stays as it was is shared with the
/// stacks of the trace, what is new among all that have it.
private struct NamedStacks {
  private struct Content: Hashable {
    var frame: UInt64
    var parent: StackNumber
  }

  private(set) var stacks: StackStore
  private var known: [StackUse: StackNumber] = [:]
  private var added: [Content: StackNumber] = [:]

  /// A hostile trace could have all of its stacks in each of its processes.
  private static let limit = 1 << 21

  init(_ stacks: StackStore) { self.stacks = stacks }

  /// The stack itself where nothing of it has a number, or where there is no more room.
  mutating func stack(
    _ stack: StackNumber, of process: Int, _ numbers: [UInt64: Int]
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
      number = node == stored ? old : add(node) ?? old
      known[StackUse(stack: old, process: process)] = number
    }
    return number
  }

  private mutating func add(_ node: StackStore.Node) -> StackNumber? {
    let content = Content(frame: node.frame, parent: node.parent)
    if let known = added[content] { return known }
    guard let number = stacks.append(node) else { return nil }
    added[content] = number
    return number
  }
}
