import Symbolication
import TraceModel

/// A place in the code, as a frame tells it.
struct CodePlace: Hashable {
  var module: Int
  /// Link-time.
  var address: UInt64
}

/// Places in the code, each of which has a number: most stacks share most of their frames.
struct CodePlaces: Sendable {
  /// By number.
  private(set) var all: [CodePlace] = []
  private var numbers = NumberTable()
  /// What was called at them, by module, each once.
  private(set) var calls: [Int: [ModuleSymbols.Call]] = [:]
  /// Of pairs of places, the inner one's plus one and 0 for none.
  private var pairs = NumberTable()
  private var pairCount = 0

  /// Adds those of a stack's innermost frames, `limit` at most.
  mutating func add(_ stack: StackNumber, of stacks: StackStore, atMost limit: Int) {
    var inner: (frame: Frame?, number: Int) = (nil, 0)
    stacks.forEachFrame(of: stack, atMost: limit) { frame in
      guard case .code(let module, let address) = frame else {
        inner = (frame, 0)
        return true
      }
      let number = numbers.number(
        of: address, UInt32(truncatingIfNeeded: module), orNew: all.count)
      if number == all.count { all.append(CodePlace(module: module, address: address)) }
      if let call = ModuleSymbols.Call(at: address, of: module, under: inner.frame),
        pairs.number(of: UInt64(number), UInt32(clamping: inner.number), orNew: pairCount)
          == pairCount
      {
        pairCount += 1
        calls[module, default: []].append(call)
      }
      inner = (frame, number + 1)
      return true
    }
  }

  /// Nil for one that was not added.
  func number(of place: CodePlace) -> Int? {
    numbers.number(of: place.address, UInt32(truncatingIfNeeded: place.module))
  }

  /// Addresses by module, each once.
  var byModule: [Int: [UInt64]] {
    Dictionary(grouping: all, by: { $0.module }).mapValues { $0.map(\.address) }
  }
}
