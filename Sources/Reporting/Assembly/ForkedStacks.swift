import Symbolication
import TraceModel

/// Finds stacks that differ in how their processes came to be alone: a server that forks workers as
/// it starts, and others when it is told to, does so in two lines of one function, and whatever
/// its workers do has two stacks. Frames that stood when a process was forked are its parents'
/// past, and no way that it went.
///
/// Where a process has two of such stacks they stay apart: it may do well in the one way what it
/// forgets in the other. And functions are the same in both, so that there is one fingerprint.
struct ForkedStacks {
  /// A stack that does what another does, in a process with another past.
  private struct Pair {
    var stacks: (StackNumber, StackNumber)
    var differences: [Difference]
  }

  private struct Difference {
    var module: Int
    var places: (Place, Place)
  }

  private struct Place {
    var address: UInt64
    /// What was called there.
    var call: ModuleSymbols.Call?
  }

  /// A stack, and the outer part of it that stood before the fork.
  private struct Member {
    var stack: StackNumber
    var past: StackNumber
  }

  /// As deep as recorders follow stacks, and in how many frames pasts may differ.
  private static let (depth, reach) = (128, 16)

  private var pairs: [Pair] = []

  /// - Parameter uses: those of opens and closes.
  init(_ uses: [StackUse], of trace: Trace) {
    let births = Dictionary(
      trace.processes.filter { $0.how == .fork && $0.bornStack != 0 }.map { ($0.id, $0.bornStack) }
    ) { first, _ in first }
    guard !births.isEmpty else { return }
    let pasts = Self.pasts(of: uses, births, trace.stacks)
    for members in Self.groups(pasts, uses, trace.stacks) {
      for member in members.dropFirst() {
        guard let differences = Self.differences(members[0], member, trace.stacks) else { continue }
        pairs.append(Pair(stacks: (members[0].stack, member.stack), differences: differences))
      }
    }
  }

  /// What has to be looked up, by module.
  var addresses: [Int: Set<UInt64>] {
    var addresses: [Int: Set<UInt64>] = [:]
    for difference in pairs.lazy.flatMap(\.differences) {
      addresses[difference.module, default: []].formUnion(
        [difference.places.0.address, difference.places.1.address])
    }
    return addresses
  }

  /// What was called there, by module.
  var calls: [Int: Set<ModuleSymbols.Call>] {
    var calls: [Int: Set<ModuleSymbols.Call>] = [:]
    for difference in pairs.lazy.flatMap(\.differences) {
      calls[difference.module, default: []].formUnion(
        [difference.places.0.call, difference.places.1.call].compactMap { $0 })
    }
    return calls
  }

  /// The pairs of which that shows that functions are the same.
  func alike(_ found: LookUp) -> [(StackNumber, StackNumber)] {
    func functions(_ module: Int, _ place: Place) -> [String]? {
      let names = found.frames(
        module: module, address: place.address, leadingThrough: place.call
      ).map(\.function)
      let known = names.compactMap { $0 }
      return known.isEmpty || known.count < names.count ? nil : known
    }
    return pairs.filter { pair in
      pair.differences.allSatisfy { difference in
        let first = functions(difference.module, difference.places.0)
        return first != nil && first == functions(difference.module, difference.places.1)
      }
    }.map(\.stacks)
  }

  // MARK: Finding pairs

  /// In order of stack. Of one that has no past in a process, or several in several, nothing is
  /// known.
  private static func pasts(
    of uses: [StackUse], _ births: [Int: StackNumber], _ store: StackStore
  ) -> [Member] {
    var pasts: [StackNumber: StackNumber] = [:]
    for use in uses where pasts[use.stack] != 0 {
      let found = births[use.process].map { past(of: use.stack, bornAt: $0, store) } ?? 0
      pasts[use.stack] = pasts[use.stack, default: found] == found ? found : 0
    }
    return pasts.filter { $0.value != 0 }.map { Member(stack: $0, past: $1) }
      .sorted { $0.stack < $1.stack }
  }

  /// What a stack has in common with what called fork; 0 for nothing.
  private static func past(
    of stack: StackNumber, bornAt birth: StackNumber, _ store: StackStore
  ) -> StackNumber {
    var frames: [(frame: Frame, parent: StackNumber)] = []
    func callers(of stack: StackNumber) -> [StackNumber] {
      store.innermost(depth, of: stack, into: &frames)
      return frames.map(\.parent)
    }
    let (own, born) = (callers(of: stack), callers(of: birth))
    // Of a stack that was cut the outermost are not there to be held against others.
    guard own.last == 0, born.last == 0 else { return 0 }
    return zip(own.reversed(), born.reversed()).prefix { $0 == $1 }.last?.0 ?? 0
  }

  /// Those that differ in nothing but their past, and of which no process has two.
  private static func groups(
    _ members: [Member], _ uses: [StackUse], _ store: StackStore
  ) -> [[Member]] {
    var groups: [[Member]] = []
    var groupByHash: [Int: Int] = [:]
    var groupByStack: [StackNumber: Int] = [:]
    for member in members {
      let hash = hash(of: member, store)
      if let group = groupByHash[hash] {
        guard isAlike(member, groups[group][0], store) else { continue }
        groups[group].append(member)
        groupByStack[member.stack] = group
      } else {
        groupByHash[hash] = groups.count
        groupByStack[member.stack] = groups.count
        groups.append([member])
      }
    }
    var stacks: [[Int]: StackNumber] = [:]
    for use in uses {
      guard let group = groupByStack[use.stack], groups[group].count > 1 else { continue }
      let known = stacks[[group, use.process], default: use.stack]
      stacks[[group, use.process]] = known
      if known != use.stack { groups[group] = [] }
    }
    return groups.filter { $0.count > 1 }
  }

  private static func hash(of member: Member, _ store: StackStore) -> Int {
    var hasher = Hasher()
    forEachOwnFrame(of: member, store) { hasher.combine($0.word) }
    return hasher.finalize()
  }

  private static func isAlike(_ a: Member, _ b: Member, _ store: StackStore) -> Bool {
    var first: [Frame] = []
    var second = first
    forEachOwnFrame(of: a, store) { first.append($0) }
    forEachOwnFrame(of: b, store) { second.append($0) }
    return first == second
  }

  private static func forEachOwnFrame(
    of member: Member, _ store: StackStore, _ body: (Frame) -> Void
  ) {
    let own = store.depth(of: member.stack) - store.depth(of: member.past)
    store.forEachFrame(of: member.stack, atMost: own) { frame in
      body(frame)
      return true
    }
  }

  /// In which frames two pasts differ; nil where they have other modules, or not as many.
  private static func differences(
    _ a: Member, _ b: Member, _ store: StackStore
  ) -> [Difference]? {
    var first: [(frame: Frame, parent: StackNumber)] = []
    var second = first
    store.innermost(reach, of: a.past, into: &first)
    store.innermost(reach, of: b.past, into: &second)
    var inner: (Frame?, Frame?)
    forEachOwnFrame(of: a, store) { inner = ($0, $0) }
    var differences: [Difference] = []
    for (one, other) in zip(first, second) {
      if one.frame != other.frame {
        guard case .code(let module, let address) = one.frame,
          case .code(module, let another) = other.frame
        else { return nil }
        func place(_ address: UInt64, under inner: Frame?) -> Place {
          Place(
            address: address, call: ModuleSymbols.Call(at: address, of: module, under: inner))
        }
        differences.append(
          Difference(
            module: module, places: (place(address, under: inner.0), place(another, under: inner.1))
          ))
      }
      if one.parent == other.parent { return differences }
      inner = (one.frame, other.frame)
    }
    return nil
  }
}
