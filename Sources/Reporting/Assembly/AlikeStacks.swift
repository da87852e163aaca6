import Symbolication
import TraceModel

/// Finds stacks that stand for one place in the source: a loop that the compiler unrolled or
/// peeled calls from several addresses, and each copy has a stack of its own. In two steps, so
/// that the caller does the looking up:
///
///     let alike = AlikeStacks(trace)
///     let analysis = Analysis(trace, alike: alike.representatives(symbolize(alike.requests)))
///
/// Only stacks that differ in one frame, by a few instructions, are looked at, and those of forked
/// processes (`ForkedStacks`), and only such frames are looked up: few, in most traces none. Code
/// that was made as the program ran has its names already (`GeneratedStacks`).
public struct AlikeStacks: Sendable {
  /// Stacks that differ in one frame only, and their addresses there: those of several calls
  /// in one function, of which some may be copies of each other.
  private struct Group {
    var module: Int
    /// The next inner frame, which they have in common.
    var inner: Frame?
    var members: [(stack: StackNumber, address: UInt64)]

    /// What was called at an address.
    func call(at address: UInt64) -> ModuleSymbols.Call? {
      ModuleSymbols.Call(at: address, of: module, under: inner)
    }
  }

  /// How far in from the caller a copy is looked for, and how far apart copies are.
  private static let depth = 16
  private static let reach: UInt64 = 1 << 16

  private let groups: [Group]
  private let forked: ForkedStacks
  private let generated: [(StackNumber, StackNumber)]
  private let lookUp: LookUp

  public init(_ trace: Trace, _ code: GeneratedCode = .none) {
    let uses = trace.openingsAndClosings
    let numbers = Set(uses.lazy.map(\.stack))
    groups = Self.groups(numbers.sorted(), in: trace.stacks)
    forked = ForkedStacks(uses, of: trace)
    generated = GeneratedStacks.alike(numbers, of: trace, code)
    var (addresses, calls) = (forked.addresses, forked.calls)
    for group in groups {
      let own = group.members.map(\.address)
      addresses[group.module, default: []].formUnion(own)
      calls[group.module, default: []].formUnion(own.compactMap(group.call))
    }
    let modules = Dictionary(trace.modules.map { ($0.number, $0) }) { first, _ in first }
    lookUp = LookUp(
      addresses.mapValues(Array.init), calls: calls.mapValues(Array.init), in: modules)
  }

  /// What has to be looked up, one request for each module.
  public var requests: [Symbolizer.Request] { lookUp.requests }

  /// The lowest of the stacks that read the same, for each of them, given the results of
  /// `requests` in their order. Without lines nothing reads the same.
  public func representatives(_ results: [ModuleSymbols]) -> [StackNumber: StackNumber] {
    var found = lookUp
    found.take(results)
    var lowest: [StackNumber: StackNumber] = [:]
    func root(_ stack: StackNumber) -> StackNumber {
      var stack = stack
      while let next = lowest[stack], next != stack { stack = next }
      return stack
    }
    func join(_ first: StackNumber, _ second: StackNumber) {
      let (a, b) = (root(first), root(second))
      lowest[max(a, b)] = min(a, b)
    }
    var lines = Lines(found)
    for group in groups {
      var firsts: [Int: StackNumber] = [:]
      for member in group.members {
        guard let line = lines.number(of: member.address, in: group) else { continue }
        guard let first = firsts[line] else {
          firsts[line] = member.stack
          continue
        }
        join(first, member.stack)
      }
    }
    for (first, second) in forked.alike(found) { join(first, second) }
    for (first, second) in generated { join(first, second) }
    return lowest.mapValues { root($0) }
  }

  /// Numbers what addresses read as: many stacks have the same ones.
  private struct Lines {
    private struct Key: Hashable {
      var module: Int
      var address: UInt64
      var inner: Frame?
    }

    /// With the column: two calls may share a line.
    private struct Place: Hashable {
      var function: String?
      var file: String?
      var line: Int?
      var column: Int?
    }

    private let found: LookUp
    private var known: [Key: Int?] = [:]
    private var numbers: [[Place]: Int] = [:]

    init(_ found: LookUp) { self.found = found }

    /// Nil without lines.
    mutating func number(of address: UInt64, in group: Group) -> Int? {
      let key = Key(module: group.module, address: address, inner: group.inner)
      if let number = known[key] { return number }
      let number = places(at: address, in: group).map { places in
        let number = numbers[places] ?? numbers.count
        numbers[places] = number
        return number
      }
      known[key] = .some(number)
      return number
    }

    private func places(at address: UInt64, in group: Group) -> [Place]? {
      let frames = found.frames(module: group.module, address: address)
      guard !frames.isEmpty, frames.allSatisfy({ $0.line != nil }) else { return nil }
      return found.frames(
        module: group.module, address: address, leadingThrough: group.call(at: address)
      ).map {
        Place(function: $0.function, file: $0.file, line: $0.line, column: $0.column)
      }
    }
  }

  /// Linear in the stacks, however deep: stacks share their outer frames.
  private static func groups(_ numbers: [StackNumber], in stacks: StackStore) -> [Group] {
    var identities = StackIdentities(stacks)
    // By what a stack is with one frame left out: a hash of what is inside of that, and how
    // much, and the identity of what is outside.
    var firsts = NumberTable()
    var groupByRest = NumberTable()
    var groups: [Group] = []
    var frames: [(frame: Frame, parent: StackNumber)] = []
    var before = frames
    // No number that is stored is that high, and a table of numbers holds none.
    for number in numbers where number != .max {
      stacks.innermost(depth, of: number, into: &frames)
      var inner: UInt64 = 0
      for (left, frame) in frames.enumerated() {
        let (rest, outer) = (inner, identities.identity(of: frame.parent))
        inner = combined(inner, frame.frame)
        let other = StackNumber(firsts.number(of: rest, outer, orNew: Int(number)))
        guard other != number else { continue }
        stacks.innermost(left + 1, of: other, into: &before)
        guard before.count == left + 1,
          case .code(let module, let address) = frame.frame,
          case .code(module, let earlier) = before[left].frame,
          max(address, earlier) - min(address, earlier) < reach,
          (0..<left).allSatisfy({ frames[$0].frame == before[$0].frame })
        else { continue }
        let group = groupByRest.number(of: rest, outer, orNew: groups.count)
        if group == groups.count {
          let inner = left > 0 ? frames[left - 1].frame : nil
          groups.append(Group(module: module, inner: inner, members: [(other, earlier)]))
        }
        groups[group].members.append((number, address))
      }
    }
    return groups
  }

  /// Other for each depth, even of one frame over and over. What is equal by it is compared:
  /// a hash that somebody can foresee hides his own stacks from being found alike, no more.
  private static func combined(_ hash: UInt64, _ frame: Frame) -> UInt64 {
    // The finalizer of MurmurHash3.
    var mixed = (hash ^ frame.word) &+ 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 33) &* 0xff51_afd7_ed55_8ccd
    mixed = (mixed ^ mixed >> 33) &* 0xc4ce_b9fe_1a85_ec53
    return mixed ^ mixed >> 33
  }
}
