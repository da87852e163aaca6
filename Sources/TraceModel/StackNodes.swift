/// Where the nodes of stacks are kept.
protocol StackNodes {
  /// The node of a stack: its innermost frame; nil when it was never stored.
  func node(_ number: StackNumber) -> StackStore.Node?
  /// Adds a node; nil where numbers end.
  mutating func append(_ node: StackStore.Node) -> StackNumber?
}

extension StackNodes {
  /// As ``StackStore/frames(of:atMost:)``.
  func allFrames(of stack: StackNumber) -> [Frame] { StackStore.frames(of: stack) { node($0) } }

  /// Addresses outside of any module that a stack leads through.
  func addressesOfGeneratedCode(of stack: StackNumber) -> Set<UInt64> {
    var addresses: Set<UInt64> = []
    for case .absolute(let address) in allFrames(of: stack) { addresses.insert(address) }
    return addresses
  }
}
