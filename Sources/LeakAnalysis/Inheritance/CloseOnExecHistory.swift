import TraceModel

/// Why an exec on the way of a descriptor left it open.
///
/// Tables tell most of it, since a child keeps its own copy of each entry's flags. The ring
/// tells the rest for as long as it holds it.
struct CloseOnExecHistory {
  let trace: Trace
  let population: Population
  let flags: FlagHistory
  let named: NamedNumbers
  let served: ServedListeners

  /// Numbers that people and shells give names to.
  private static let lowNumbers = 3...9

  /// - Parameter holder: the process that has it.
  func cause(
    of held: Descriptor, on way: Ancestry.Way, in holder: Int
  ) -> InheritanceAudit.Cause {
    if isFileAction(held, way) || isMadeForProgram(held, way) || isNamed(held, way)
      || served.contain(held, of: holder)
    {
      return .passed
    }
    if wasCleared(held, way) { return .cleared }
    if let lateness = lateness(of: held, way) { return .setTooLate(lateness) }
    return isOriginalFlagged(held, way) ? .duplicatedWithout : .neverSet
  }

  /// What libc's child duplicated before its exec has another number in its parent, or the
  /// same one, flagged (`adddup2(n, n)`).
  private func isFileAction(_ held: Descriptor, _ way: Ancestry.Way) -> Bool {
    guard let started = way.started.flatMap({ population[$0] }), started.how == .spawn,
      let given = started.entry(of: held), given.source != nil
    else { return false }
    guard let before = population[way.starter]?.descriptor(given.fd),
      before.isSameOpening(as: given)
    else { return true }
    return before.source != given.source
  }

  /// A duplicate that a forked child made for the program that it then ran, or that was
  /// given a number to be known by.
  private func isMadeForProgram(_ held: Descriptor, _ way: Ancestry.Way) -> Bool {
    guard held.source != nil, let opener = population[way.opener] else { return false }
    let isExec = way.started.flatMap { population[$0] }?.how != .spawn
    if opener.how.isCopy && isExec && way.starter == way.opener { return true }
    return Self.lowNumbers.contains(held.fd) && trace.callName(held.call).hasSuffix("dup2")
  }

  /// Told by its number to the program that was started with it: by its environment, of which
  /// the recorder kept nothing else, or by its arguments.
  private func isNamed(_ held: Descriptor, _ way: Ancestry.Way) -> Bool {
    let started = way.started.flatMap { population[$0] }
    let given = started?.entry(of: held) ?? held
    if given.flags.contains(.told) { return true }
    return started.map { named.contain(given.fd, toldTo: $0.id) } ?? false
  }

  /// Taken away by fcntl: of one that was born with it, or was given it before.
  private func wasCleared(_ held: Descriptor, _ way: Ancestry.Way) -> Bool {
    for process in [way.opener, way.starter] {
      guard let fd = population[process]?.number(of: held) else { continue }
      if let cleared = flags.whenCleared(fd, in: process, from: held.openedTicks) {
        // Set again before the exec, it would not be here.
        return cleared <= crossingTicks(way)
      }
    }
    guard let departed = way.departed.flatMap({ population[$0] }), departed.how != .spawn,
      let original = population[way.opener]?.entry(of: held),
      let copy = departed.entry(of: held)
    else { return false }
    let isBornWith =
      original.flags.contains(.closeOnExec) && !original.flags.contains(.closeOnExecLate)
    return isBornWith && !copy.flags.contains(.closeOnExec)
  }

  private func crossingTicks(_ way: Ancestry.Way) -> UInt64 {
    way.started.flatMap { population[$0]?.startTicks } ?? .max
  }

  /// Flagged in its opener's process after a child had left with a copy.
  private func lateness(
    of held: Descriptor, _ way: Ancestry.Way
  ) -> InheritanceAudit.Lateness? {
    guard let departed = way.departed.flatMap({ population[$0] }),
      let opener = population[way.opener]
    else { return nil }
    let original = opener.entry(of: held)
    let flagged = original.flatMap {
      flags.whenSet($0.fd, in: way.opener, from: max(held.openedTicks, departed.startTicks))
    }
    let isLate = { (entry: Descriptor?) in entry?.flags.contains(.closeOnExecLate) == true }
    guard flagged != nil || isLate(original) || isLate(held) else { return nil }
    return .init(
      openedNs: trace.clock.nanoseconds(at: held.openedTicks),
      forkedNs: trace.clock.nanoseconds(at: departed.startTicks),
      flaggedNs: flagged.flatMap(trace.clock.nanoseconds), isRace: isRace(held, opener, departed))
  }

  private func isRace(
    _ held: Descriptor, _ opener: TracedProcess, _ departed: TracedProcess
  ) -> Bool? {
    // The one that forked may be a later program of the opener's process.
    guard let parent = departed.parent.flatMap({ population[$0] }) else { return nil }
    guard parent.flags.contains(.threads), held.thread != 0 else { return false }
    return flags.thread(thatMade: departed, in: parent.id).map { $0 != held.thread }
  }

  private func isOriginalFlagged(_ held: Descriptor, _ way: Ancestry.Way) -> Bool {
    guard held.object != 0, let source = held.source,
      let original = population[way.opener]?.descriptor(source), original.object == held.object
    else { return false }
    return original.flags.contains(.closeOnExec)
  }
}
