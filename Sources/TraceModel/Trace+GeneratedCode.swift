extension Trace {
  /// Addresses of code outside of any module, such as JIT code, by the processes
  /// (`TracedProcess.id`) that were in it: as many as there is room for. Linear in the trace.
  public func addressesOfGeneratedCode() -> [Int: Set<UInt64>] {
    var found = GeneratedAddresses()
    var addresses: [StackNumber: Set<UInt64>] = [:]
    // Nothing is changed, nor copied.
    var trace = self
    trace.changeStacks { use in
      let own = addresses[use.stack] ?? stacks.addressesOfGeneratedCode(of: use.stack)
      addresses[use.stack] = own
      found.add(own, of: use.process)
      return nil
    }
    return found.byProcess
  }

  /// Has `Frame.generated` in the place of such addresses, of each process (`TracedProcess.id`)
  /// those that `numbers` has: processes make other functions at one address, and stacks of theirs
  /// that are one in the trace are several then.
  public mutating func nameGeneratedCode(_ numbers: [Int: [UInt64: Int]]) {
    guard !numbers.isEmpty else { return }
    var (named, stacks) = (NamedStacks(), stacks)
    changeStacks { use in
      guard let own = numbers[use.process] else { return nil }
      let stack = named.stack(use.stack, of: use.process, own, in: &stacks)
      return stack == use.stack ? nil : stack
    }
    self.stacks = stacks
  }
}
