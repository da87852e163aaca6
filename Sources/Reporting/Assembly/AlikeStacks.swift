import Symbolication
import TraceModel

/// Finds stacks that stand for one place in the source: a loop that the compiler unrolled or
/// peeled calls from several addresses, and each copy has a stack of its own. In two steps, so
/// that the caller does the looking up:
///
///     let alike = AlikeStacks(trace)
///     let findings = Findings(trace, alike: alike.representatives(symbolize(alike.requests)))
///
/// Only stacks that differ in one frame, by a few instructions, are looked at, and only those
/// frames are looked up: few, in most traces none.
public struct AlikeStacks: Sendable {
  /// Two stacks and the frame in which they differ.
  private struct Pair {
    var stacks: (StackNumber, StackNumber)
    var module: Int
    var addresses: (UInt64, UInt64)
  }

  /// How far in from the caller a copy is looked for, and how far apart copies are.
  private static let depth = 16
  private static let reach: UInt64 = 1 << 16

  private let pairs: [Pair]
  private let lookUp: LookUp

  public init(_ trace: Trace) {
    let numbers = Set(trace.sites.map(\.stack)).union(trace.closers.map(\.stack)).sorted()
    pairs = Self.pairs(numbers.map { ($0, trace.stacks.frames(of: $0)) })
    var addresses: [Int: Set<UInt64>] = [:]
    for pair in pairs {
      addresses[pair.module, default: []].formUnion([pair.addresses.0, pair.addresses.1])
    }
    let modules = Dictionary(trace.modules.map { ($0.number, $0) }) { first, _ in first }
    lookUp = LookUp(addresses, in: modules)
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
    for pair in pairs {
      let first = Self.places(found.frames(module: pair.module, address: pair.addresses.0))
      let second = Self.places(found.frames(module: pair.module, address: pair.addresses.1))
      guard let first, first == second else { continue }
      let (a, b) = (root(pair.stacks.0), root(pair.stacks.1))
      lowest[max(a, b)] = min(a, b)
    }
    return lowest.mapValues { root($0) }
  }

  private struct Place: Equatable {
    var function: String?
    var file: String?
    var line: Int?
  }

  private static func places(_ frames: [SourceFrame]) -> [Place]? {
    guard !frames.isEmpty, frames.allSatisfy({ $0.line != nil }) else { return nil }
    return frames.map { Place(function: $0.function, file: $0.file, line: $0.line) }
  }

  /// A stack with one frame left out.
  private struct Rest: Hashable {
    var depth: Int
    var left: Int
    var inner: Int
    var outer: Int
  }

  private static func pairs(_ stacks: [(number: StackNumber, frames: [Frame])]) -> [Pair] {
    var firsts: [Rest: Int] = [:]
    var pairs: [Pair] = []
    for (index, stack) in stacks.enumerated() {
      for (left, rest) in rests(of: stack.frames) {
        guard let other = firsts[rest] else {
          firsts[rest] = index
          continue
        }
        guard case .code(let module, let address) = stack.frames[left],
          case .code(module, let before) = stacks[other].frames[left],
          max(address, before) - min(address, before) < reach,
          areEqual(stack.frames, stacks[other].frames, but: left)
        else { continue }
        pairs.append(
          Pair(
            stacks: (stacks[other].number, stack.number), module: module,
            addresses: (before, address)))
      }
    }
    return pairs
  }

  /// Each way to leave one of the innermost frames out. Linear in the frames.
  private static func rests(of frames: [Frame]) -> [(left: Int, rest: Rest)] {
    var outer = [Int](repeating: 0, count: frames.count + 1)
    for index in frames.indices.reversed() {
      outer[index] = combined(outer[index + 1], frames[index])
    }
    var inner = 0
    return frames.indices.prefix(depth).map { left in
      defer { inner = combined(inner, frames[left]) }
      return (left, Rest(depth: frames.count, left: left, inner: inner, outer: outer[left + 1]))
    }
  }

  private static func combined(_ hash: Int, _ frame: Frame) -> Int {
    var hasher = Hasher()
    hasher.combine(hash)
    hasher.combine(frame)
    return hasher.finalize()
  }

  private static func areEqual(_ a: [Frame], _ b: [Frame], but left: Int) -> Bool {
    a.count == b.count && a.indices.allSatisfy { $0 == left || a[$0] == b[$0] }
  }
}
