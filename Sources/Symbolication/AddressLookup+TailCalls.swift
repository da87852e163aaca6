import CElfutils

extension AddressLookup {
  /// What was called at last, as far as a stack tells.
  private enum Goal {
    /// One of the functions that have these names.
    case named(Set<String>)
    /// A function of another module.
    case elsewhere
    /// The function of this module that is entered there.
    case entered(at: UInt64)
  }

  /// Returns the functions that a call led through, outermost last, though no frame is theirs: the
  /// last thing that they did was to call the next.
  ///
  /// - Parameter recorded: names of the functions whose calls are recorded. A function of the
  ///   module that has such a name was not entered, but the recorder's.
  mutating func tailCallers(
    of call: ModuleSymbols.Call, named recorded: Set<String>
  ) -> [TailCaller] {
    guard case .address(let entry) = target(of: call) else { return [] }
    switch call {
    case .recorded: return callers(from: entry, to: .named(recorded))
    case .other: return callers(from: entry, to: .elsewhere)
    case .inside(_, let inner):
      guard let called = function(at: inner)?.entry else {
        return jumped(from: entry, toCodeAt: inner)
      }
      guard called &+ bias != entry else { return [] }
      return callers(from: entry, to: .entered(at: called &+ bias))
    }
  }

  /// The function of another module that a call entered, by its symbol. No frame of it is in the
  /// stack where that was a recorded call.
  mutating func symbolEntered(
    by call: ModuleSymbols.Call, named recorded: Set<String>
  ) -> String? {
    guard case .symbol(let name) = target(of: call), !recorded.contains(name), !Self.isThunk(name)
    else { return nil }
    switch call {
    case .recorded: return name
    case .other: return targets.isOfLibc(name) ? nil : name
    case .inside: return nil
    }
  }

  /// The function of a module without debug information that is entered there: it has jumped to
  /// whatever of the module has a frame instead.
  mutating func exported(enteredAt entry: UInt64) -> [TailCaller] {
    guard function(at: entry) == nil, let whole = symbol(enteredAt: entry) else { return [] }
    return [caller(whole, enteredAt: entry, at: [])]
  }

  /// The functions that a call of one of the module's led through to a recorded one.
  mutating func tailCallers(enteredAt entry: UInt64, named recorded: Set<String>) -> [TailCaller] {
    callers(from: entry, to: .named(recorded))
  }

  /// The same where there are symbols alone: another function than that of the frame was entered.
  private mutating func jumped(from entry: UInt64, toCodeAt inner: UInt64) -> [TailCaller] {
    guard function(at: entry) == nil, let start = symbols.start(ofFunctionAt: inner),
      start != entry, let whole = symbol(enteredAt: entry), let name = whole.function,
      !Self.isThunk(name)
    else { return [] }
    return [caller(whole, enteredAt: entry, at: [])]
  }

  private mutating func callers(from entry: UInt64, to goal: Goal) -> [TailCaller] {
    var ways: [UInt64: [TailCaller]?] = [:]
    return way(from: entry, to: goal, &ways) ?? []
  }

  private mutating func target(of call: ModuleSymbols.Call) -> CallTargets.Target? {
    targets.target(ofCallEndingAt: call.address &+ 1)
  }

  /// Functions that are looked at for one call: longer ways are as good as none.
  private static let functionLimit = 16

  /// The way from the function that is entered at an address to the goal, as far as there is but
  /// one; nil where there is none.
  ///
  /// - Parameter ways: those that are known, by where they start.
  private mutating func way(
    from entry: UInt64, to goal: Goal, _ ways: inout [UInt64: [TailCaller]?]
  ) -> [TailCaller]? {
    if let known = ways[entry] { return known }
    guard ways.count < Self.functionLimit else { return [] }
    // Until it is known: that of a function which calls itself by way of others.
    ways[entry] = .some([])
    let found = wayNotKnown(from: entry, to: goal, &ways)
    ways[entry] = .some(found)
    return found
  }

  private mutating func wayNotKnown(
    from entry: UInt64, to goal: Goal, _ ways: inout [UInt64: [TailCaller]?]
  ) -> [TailCaller]? {
    if case .entered(let address) = goal, address == entry { return [] }
    let function = function(at: entry).flatMap { $0.entry == entry &- bias ? $0 : nil }
    let whole = function == nil ? symbol(enteredAt: entry) : frames(at: entry).last
    guard let whole, let name = whole.function, !Self.isThunk(name) else { return [] }
    // The recorder's function was entered, and not this module's own.
    if case .named(let names) = goal, names.contains(name) { return [] }
    // Without debug information nothing tells where a function leads.
    guard let function else { return [caller(whole, enteredAt: entry, at: [])] }

    var jumps: [TailCalls.Jump] = []
    var isTold = true
    var rests: [[TailCaller]] = []
    for call in TailCalls(of: function).all {
      let step = step(of: call)
      if step?.target == .address(entry) { continue }
      guard let rest = way(by: step?.target, to: goal, &ways) else { continue }
      jumps.append(call.jump)
      if step?.isConditional == true { isTold = false }
      rests.append(rest)
    }
    guard function.listsItsCalls else {
      return [caller(whole, enteredAt: entry, at: [])]
    }
    // It cannot have been without a frame, however the stack came about.
    if jumps.isEmpty { return nil }
    let caller = caller(whole, enteredAt: entry, at: isTold ? jumps : [])
    return (rests.count == 1 ? rests[0] : []) + [caller]
  }

  /// The way from a function's last call on.
  private mutating func way(
    by step: CallTargets.Target?, to goal: Goal, _ ways: inout [UInt64: [TailCaller]?]
  ) -> [TailCaller]? {
    switch (step, goal) {
    case (.address(let entry), _): return way(from: entry, to: goal, &ways)
    case (.symbol(let name), .named(let names)) where names.contains(name):
      return []
    case (.symbol, .elsewhere): return []
    case (.symbol(let name), _): return targets.isOfLibc(name) ? nil : []
    case (nil, _): return []
    }
  }

  /// Where a jump leads; nil where nothing tells, as of one through a pointer.
  private mutating func step(of call: TailCalls.Call) -> CallTargets.Destination? {
    var told: [CallTargets.Destination] = []
    for step in targets.destinations(of: call.jump.moved(by: bias)) {
      if case .address(let address) = step.target, !isEntry(address) { continue }
      told.append(step)
    }
    if told.count == 1 { return told[0] }
    if let entry = call.callee?.entry { return .init(target: .address(entry &+ bias)) }
    guard let name = name(of: call.callee), targets.isImported(name) else { return nil }
    return .init(target: .symbol(name))
  }

  /// Whether a function begins there.
  private mutating func isEntry(_ address: UInt64) -> Bool {
    if function(at: address)?.entry == address &- bias { return true }
    return symbol(enteredAt: address) != nil
  }

  private mutating func name(of function: Dwarf_Die?) -> String? {
    function?.linkageName(&texts) ?? function?.plainName(&texts)
  }

  private func function(at address: UInt64) -> Dwarf_Die? {
    units?.unit(at: address &- bias)?.functions.function(at: address &- bias)
  }

  /// - Parameter jumps: those of which it made one; the place is theirs where they share it.
  private mutating func caller(
    _ whole: SourceFrame, enteredAt entry: UInt64, at jumps: [TailCalls.Jump]
  ) -> TailCaller {
    let places = jumps.map { frames(at: $0.address &+ bias) }
    if let place = places.first, place.last?.function == whole.function,
      places.allSatisfy({ $0.isSamePlace(as: place) })
    {
      return TailCaller(address: jumps[0].address &+ bias, leaving: place)
    }
    return TailCaller(
      address: entry, leaving: [SourceFrame(function: whole.function, file: whole.file)])
  }

  private mutating func symbol(enteredAt entry: UInt64) -> SourceFrame? {
    let name = symbols.function(enteredAt: entry).flatMap { texts.function($0) }
    return name.map { SourceFrame(function: $0) }
  }

  /// Steps that linkers and compilers put between a call and what it calls.
  private static func isThunk(_ name: String) -> Bool {
    ["__x86_", "__llvm_retpoline_", "__AArch64"].contains(where: name.hasPrefix)
      || name.hasSuffix("_veneer") || name.contains("interceptor_")
  }
}

extension [SourceFrame] {
  /// Whether they read the same, wherever in the line they are.
  fileprivate func isSamePlace(as other: Self) -> Bool {
    count == other.count
      && zip(self, other).allSatisfy {
        $0.function == $1.function && $0.file == $1.file && $0.line == $1.line
      }
  }
}
