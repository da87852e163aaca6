extension Trace {
  /// More addresses of code that was made while programs ran, and stacks, than these are not
  /// looked at: a hostile trace could have others in each.
  private static let (addressLimit, stackLimit) = (1 << 16, 1 << 20)

  /// Addresses of code outside of any module, such as JIT code, by the processes
  /// (`TracedProcess.id`) that were in it. Linear in the trace.
  public func generatedCode() -> [Int: Set<UInt64>] {
    var processes: [Int: Set<UInt64>] = [:]
    var addresses: [StackNumber: Set<UInt64>] = [:]
    var left = Self.addressLimit
    for use in stackUses {
      let found = addresses[use.stack] ?? absoluteAddresses(of: use.stack)
      addresses[use.stack] = found
      guard !found.isEmpty, left > 0 else { continue }
      let before = processes[use.process]?.count ?? 0
      processes[use.process, default: []].formUnion(found)
      left -= (processes[use.process]?.count ?? 0) - before
    }
    return processes
  }

  private struct StackUse: Hashable {
    var stack: StackNumber
    var process: Int
  }

  /// Which process has which stacks, each pair once.
  private var stackUses: Set<StackUse> {
    var uses: Set<StackUse> = []
    func add(_ stack: StackNumber, _ process: Int) {
      guard stack != 0, uses.count < Self.stackLimit else { return }
      uses.insert(StackUse(stack: stack, process: process))
    }
    var owners: [UInt32: Int] = [:]
    for site in sites {
      owners[site.id] = site.process
      add(site.stack, site.process)
    }
    for closer in closers { owners[closer.site].map { add(closer.stack, $0) } }
    for misuse in misuses {
      for act in [misuse.act, misuse.opened, misuse.closed] { add(act.stack, misuse.process) }
    }
    for process in processes {
      if let hit = process.limitHit { add(hit.stack, process.id) }
      add(process.execStack, process.id)
      if let parent = process.parent { add(process.bornStack, parent) }
      for descriptor in process.descriptors {
        if let note = descriptor.note { add(note.stack, process.id) }
      }
    }
    events.forEachInTime { add($0.stack, $0.process) }
    return uses
  }

  private func absoluteAddresses(of stack: StackNumber) -> Set<UInt64> {
    var addresses: Set<UInt64> = []
    stacks.forEachFrame(of: stack, atMost: StackStore.maximumDepth) { frame in
      if case .absolute(let address) = frame { addresses.insert(address) }
      return true
    }
    return addresses
  }
}
