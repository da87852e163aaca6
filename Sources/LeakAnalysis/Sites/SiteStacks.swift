import TraceModel

/// The stacks of a trace, and which of them stand for one place.
struct SiteStacks: Sendable {
  /// Those of the trace, and the ones that stand for many.
  private(set) var store: StackStore
  /// How many ways of opening a stack stands for; those that stand for themselves are left out.
  private(set) var ways: [StackNumber: Int] = [:]
  private var representatives: [StackNumber: StackNumber]

  /// `alike` leads from stacks to others that stand for the same place in the source.
  init(_ store: StackStore, alike: [StackNumber: StackNumber]) {
    self.store = store
    representatives = alike
  }

  /// The stack that stands for it: itself, for most.
  func representative(of stack: StackNumber) -> StackNumber { representatives[stack] ?? stack }

  /// Adds a stack that ends with these frames, to stand for all those that do.
  mutating func add(commonEnd frames: [Frame], ways count: Int? = nil) -> StackNumber {
    let stack = store.add(frames + [.ways])
    ways[stack] = count
    return stack
  }

  /// Lets stacks stand for others, and for what those have stood for.
  mutating func replace(_ new: [StackNumber: StackNumber]) {
    representatives = representatives.mapValues { new[$0] ?? $0 }.merging(new) { $1 }
  }
}
