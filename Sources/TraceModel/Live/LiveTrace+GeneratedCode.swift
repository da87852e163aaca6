extension LiveTrace {
  /// As ``Trace/addressesOfGeneratedCode()``, of what a reading of this trace tells. Where there is
  /// no room for all, those of processes that have ended are left out first.
  public mutating func addressesOfGeneratedCode(of reading: LiveReading) -> [Int: Set<UInt64>] {
    let ended = Set(reading.processes.lazy.filter { $0.end != .none }.map(\.id))
    let uses = reading.openings
    var found = GeneratedAddresses()
    for isLate in [false, true] {
      for use in uses where ended.contains(use.process) == isLate {
        found.add(stacks.addresses(of: use.stack), of: use.process)
      }
    }
    return found.byProcess
  }

  /// As ``Trace/nameGeneratedCode(_:)``, in a reading of this trace. Stacks of equal frames have
  /// the same number in all readings.
  public mutating func nameGeneratedCode(
    _ numbers: [Int: [UInt64: Int]], in reading: inout LiveReading
  ) {
    if numbers != self.numbers { named.forget() }
    self.numbers = numbers
    guard !numbers.isEmpty else { return }
    reading.changeStacks { use in
      guard let own = numbers[use.process] else { return nil }
      return named.stack(use.stack, of: use.process, own, in: &stacks)
    }
  }
}

extension LiveReading {
  /// Those of sites, and of descriptors that have none, always in one order; one may be there
  /// several times.
  public var openings: [StackUse] {
    var openings: [StackUse] = []
    // Nothing is changed, nor copied.
    var reading = self
    reading.changeStacks {
      openings.append($0)
      return nil
    }
    return openings
  }

  /// Puts what `changed` says of each stack in its place; nil leaves it.
  fileprivate mutating func changeStacks(_ changed: (StackUse) -> StackNumber?) {
    for index in sites.indices {
      let use = StackUse(stack: sites[index].stack, process: sites[index].process)
      if let stack = changed(use) { sites[index].stack = stack }
    }
    for index in processes.indices {
      let id = processes[index].id
      for slot in processes[index].descriptors.indices {
        let descriptor = processes[index].descriptors[slot]
        guard descriptor.site == 0 else { continue }
        if let stack = changed(StackUse(stack: descriptor.stack, process: id)) {
          processes[index].descriptors[slot].stack = stack
        }
      }
    }
  }
}
