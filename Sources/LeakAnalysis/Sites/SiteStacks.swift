import TraceModel

/// The stacks of a trace, and which of them stand for one place.
struct SiteStacks: Sendable {
  /// Those of the trace, and the ones that stand for many.
  private(set) var store: StackStore
  /// What stacks stand for that stand for many ways of opening.
  private(set) var ways: [StackNumber: Ways] = [:]
  private var representatives: [StackNumber: StackNumber]

  struct Ways {
    var count: Int
    /// One of them: known holders speak of all of them, or of none.
    var one: StackNumber
  }

  /// `alike` leads from stacks to others that stand for the same place in the source.
  init(_ store: StackStore, alike: [StackNumber: StackNumber]) {
    self.store = store
    representatives = alike
  }

  /// The stack that stands for it: itself, for most.
  func representative(of stack: StackNumber) -> StackNumber { representatives[stack] ?? stack }

  /// Adds a stack that ends with these frames, to stand for all those that do.
  mutating func add(commonEnd frames: [Frame]) -> StackNumber { store.add(frames + [.ways]) }

  /// The same for so many ways of opening, with the frames of one of them.
  mutating func add(commonEnd frames: [Frame], ways count: Int, one: [Frame]) -> StackNumber {
    let stack = add(commonEnd: frames)
    ways[stack] = Ways(count: count, one: store.add(one))
    return stack
  }

  /// Lets stacks stand for others, and for what those have stood for.
  mutating func replace(_ new: [StackNumber: StackNumber]) {
    representatives = representatives.mapValues { new[$0] ?? $0 }.merging(new) { $1 }
  }
}
