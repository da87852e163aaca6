import FDTrackFormat

/// Refers to a stack of the trace; 0 means that none was stored.
public typealias StackNumber = UInt32

/// The stacks of a trace: a prefix tree of frames, walked on demand.
///
/// Parent links are hostile: a walk ends after `maximumDepth` frames, which
/// also ends it in a cycle.
public struct StackStore: StackNodes, Equatable, Sendable {
  /// Frames that a walk follows at most; deeper ones are cut.
  public static let maximumDepth = 1024

  struct Node: Equatable, Sendable {
    /// Module and address as stored; 0 when never published.
    var frame: UInt64 = 0
    var parent: StackNumber = 0
  }

  /// The highest number that was ever stored.
  private var end = 0
  /// Slots in pages of `pageSlots`; a page without a node is empty.
  private(set) var pages: [[Node]] = []
  /// Of a large trace that holds little, each has only a few.
  static let pageSlots = 256

  /// The frames of a stack, innermost first, with a mark as the last when the
  /// outermost are missing. Empty for 0 and for numbers never stored.
  /// - Parameter limit: frames before the mark.
  public func frames(of stack: StackNumber, atMost limit: Int = Self.maximumDepth) -> [Frame] {
    Self.frames(of: stack, atMost: limit) { node($0) }
  }

  /// The same of stacks whose nodes are kept elsewhere.
  @inline(__always)
  static func frames(
    of stack: StackNumber, atMost limit: Int = Self.maximumDepth,
    node: (StackNumber) -> Node?
  ) -> [Frame] {
    var frames: [Frame] = []
    frames.reserveCapacity(min(limit, 24))
    var number = stack
    while number != 0 {
      guard let node = node(number) else {
        if !frames.isEmpty { frames.append(.broken) }
        break
      }
      guard frames.count < limit else {
        frames.append(.cut)
        break
      }
      frames.append(Frame(word: node.frame))
      number = node.parent
    }
    return frames
  }

  /// Puts the first frames of a stack, each with the stack that it was called from, into
  /// `frames`: `limit` at most, without a mark.
  public func innermost(
    _ limit: Int, of stack: StackNumber, into frames: inout [(frame: Frame, parent: StackNumber)]
  ) {
    frames.removeAll(keepingCapacity: true)
    var number = stack
    while frames.count < limit, let node = node(number) {
      frames.append((Frame(word: node.frame), node.parent))
      number = node.parent
    }
  }

  /// Calls `body` with the first frames of a stack, `limit` at most, without a mark, until it
  /// returns false.
  public func forEachFrame(
    of stack: StackNumber, atMost limit: Int, _ body: (Frame) -> Bool
  ) {
    var (number, left) = (stack, limit)
    while left > 0, let node = node(number), body(Frame(word: node.frame)) {
      (number, left) = (node.parent, left - 1)
    }
  }

  /// How many frames a stack has, `maximumDepth` at most.
  public func depth(of stack: StackNumber) -> Int {
    var depth = 0
    forEachFrame(of: stack, atMost: Self.maximumDepth) { _ in
      depth += 1
      return true
    }
    return depth
  }

  /// Adds a stack of these frames, innermost first.
  public mutating func add(_ frames: [Frame]) -> StackNumber {
    var stack: StackNumber = 0
    for frame in frames.reversed() {
      guard let number = append(Node(frame: frame.word, parent: stack)) else { return 0 }
      stack = number
    }
    return stack
  }

  /// Adds a node behind all others; nil where numbers end.
  mutating func append(_ node: Node) -> StackNumber? {
    guard let number = StackNumber(exactly: end + 1) else { return nil }
    insert(node, as: number)
    return number
  }

  /// The node of a stack: its innermost frame; nil when it was never stored.
  func node(_ number: StackNumber) -> Node? {
    guard number != 0 else { return nil }
    let slot = Int(number - 1)
    let (page, place) = (slot / Self.pageSlots, slot % Self.pageSlots)
    guard page < pages.count, place < pages[page].count else { return nil }
    let node = pages[page][place]
    return node.frame == 0 ? nil : node
  }

  mutating func insert(_ node: Node, as number: StackNumber) {
    guard number != 0 else { return }
    let slot = Int(number - 1)
    while pages.count <= slot / Self.pageSlots { pages.append([]) }
    if pages[slot / Self.pageSlots].isEmpty {
      pages[slot / Self.pageSlots] = Array(repeating: Node(), count: Self.pageSlots)
    }
    pages[slot / Self.pageSlots][slot % Self.pageSlots] = node
    end = max(end, Int(number))
  }
}
