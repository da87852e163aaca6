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
    var seen: Set<UInt64> = []
    var way: Way
    switch call {
    case .recorded: way = self.way(from: entry, to: .named(recorded), &seen)
    case .other: way = self.way(from: entry, to: .elsewhere, &seen)
    case .inside(_, let inner):
      guard let called = function(at: inner)?.entry, called &+ bias != entry else { return [] }
      way = self.way(from: entry, to: .entered(at: called &+ bias), &seen)
      // A frame may be missing for another reason.
      if !way.isWhole { return [] }
    }
    return way.callers
  }

  /// The function of another module that a recorded call led through, by its symbol: no frame of it
  /// is in the stack.
  mutating func symbolEntered(
    by call: ModuleSymbols.Call, named recorded: Set<String>
  ) -> String? {
    guard case .recorded = call, case .symbol(let name) = target(of: call),
      !recorded.contains(name), !Self.isThunk(name)
    else { return nil }
    return name
  }

  /// The functions that a call of one of the module's led through to a recorded one.
  mutating func tailCallers(enteredAt entry: UInt64, named recorded: Set<String>) -> [TailCaller] {
    var seen: Set<UInt64> = []
    return way(from: entry, to: .named(recorded), &seen).callers
  }

  private mutating func target(of call: ModuleSymbols.Call) -> CallTargets.Target? {
    if targets == nil { targets = CallTargets(module.module) }
    return targets?.target(ofCallEndingAt: call.address &+ 1)
  }

  /// The functions that calls led through, outermost last.
  private struct Way {
    /// None where they cannot have led to the goal.
    var callers: [TailCaller] = []
    /// Whether the first of them made the call that was the goal. Else others may have come after
    /// it: nothing tells which.
    var isWhole = false
  }

  /// Functions that are looked at for one call: longer ways are as good as none.
  private static let functionLimit = 16

  /// The way from the function that is entered at an address to the goal, as far as there is but
  /// one.
  private mutating func way(
    from entry: UInt64, to goal: Goal, _ seen: inout Set<UInt64>
  ) -> Way {
    guard let function = function(at: entry), function.entry == entry &- bias else {
      return Way(callers: symbol(enteredAt: entry, goal).map { [$0] } ?? [])
    }
    guard let whole = frames(at: entry).last, let name = whole.function,
      mayHaveBeenEntered(name, goal)
    else { return Way() }
    seen.insert(entry)
    var ways: [(call: TailCalls.Call, rest: Way)] = []
    var others: [(call: TailCalls.Call, rest: Way)] = []
    let calls = TailCalls(of: function).all
    for call in calls where call.callee?.entry.map({ $0 &+ bias == entry }) != true {
      if leads(call, to: goal) {
        ways.append((call, Way(isWhole: true)))
      } else if let next = call.callee?.entry {
        let isKnown = seen.count < Self.functionLimit && !seen.contains(next &+ bias)
        let rest = isKnown ? way(from: next &+ bias, to: goal, &seen) : Way()
        if !isKnown || !rest.callers.isEmpty { ways.append((call, rest)) }
      } else if call.callee == nil {
        // Of a pointer, which may lead anywhere.
        ways.append((call, Way()))
      } else {
        others.append((call, Way()))
      }
    }
    if ways.isEmpty { ways = others }
    // It cannot have been without a frame, however the stack came about.
    if ways.isEmpty, function.listsItsCalls { return Way() }
    let caller = caller(whole, enteredAt: entry, at: ways.map(\.call))
    guard ways.count == 1 else {
      return Way(
        callers: [caller],
        isWhole: !ways.isEmpty && ways.allSatisfy { $0.rest.isWhole && $0.rest.callers.isEmpty })
    }
    return Way(callers: ways[0].rest.callers + [caller], isWhole: ways[0].rest.isWhole)
  }

  /// Whether a call reaches the goal at once.
  private mutating func leads(_ call: TailCalls.Call, to goal: Goal) -> Bool {
    switch goal {
    case .named(let names): return name(of: call.callee).map(names.contains) == true
    case .elsewhere: return call.callee?.entry == nil
    case .entered(let address):
      guard let callee = call.callee else { return false }
      if let entry = callee.entry { return entry &+ bias == address }
      // It is declared in this unit, and defined in another.
      return name(of: callee) == name(of: function(at: address))
    }
  }

  private mutating func name(of function: Dwarf_Die?) -> String? {
    function?.linkageName(&texts) ?? function?.plainName(&texts)
  }

  private func function(at address: UInt64) -> Dwarf_Die? {
    units?.unit(at: address &- bias)?.functions.function(at: address &- bias)
  }

  /// - Parameter calls: those of which it made one; the place is theirs where they share it.
  private mutating func caller(
    _ whole: SourceFrame, enteredAt entry: UInt64, at calls: [TailCalls.Call]
  ) -> TailCaller {
    let places = calls.map { frames(at: $0.address &+ bias) }
    if let place = places.first, place.last?.function == whole.function,
      places.allSatisfy({ $0.isSamePlace(as: place) })
    {
      return TailCaller(address: calls[0].address &+ bias, leaving: place)
    }
    return TailCaller(
      address: entry, leaving: [SourceFrame(function: whole.function, file: whole.file)])
  }

  /// Without debug information nothing tells where a function leads.
  private mutating func symbol(enteredAt entry: UInt64, _ goal: Goal) -> TailCaller? {
    if case .entered = goal { return nil }
    if symbols == nil { symbols = SymbolTable(module.module) }
    guard let name = symbols?.function(enteredAt: entry).flatMap({ texts.function($0) }),
      mayHaveBeenEntered(name, goal)
    else { return nil }
    return TailCaller(address: entry, leaving: [SourceFrame(function: name)])
  }

  private func mayHaveBeenEntered(_ name: String, _ goal: Goal) -> Bool {
    if case .named(let names) = goal, names.contains(name) { return false }
    return !Self.isThunk(name)
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
