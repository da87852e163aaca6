@testable import TraceModel

extension Scenario {
  /// Lets the stacks `ways` end with one line, as a recursion does that calls itself from
  /// `callers` places: no two of them alike further out. With a caller for each they are those
  /// of a helper. The line stands in module 1, called through `libraries` of module 2.
  mutating func lead(
    _ ways: Range<Int>, to line: Int, from callers: Int = 2, through libraries: Int = 0,
    below outermost: Int? = nil
  ) {
    for (turn, way) in ways.enumerated() {
      var frames = (0..<libraries).map { Self.frame($0 + 1, of: 2) } + [Self.frame(line)]
      var rest = turn
      repeat {
        frames.append(Self.frame(1000 + rest % callers))
        rest /= callers
      } while rest > 0
      if let outermost { frames.append(Self.frame(outermost)) }
      frames.append(Self.frame(2000))
      var parent: StackNumber = 0
      for (depth, frame) in frames.enumerated().reversed() {
        let number = depth == 0 ? StackNumber(way) : StackNumber(1000 + way * 32 + depth)
        trace.stacks.insert(.init(frame: frame.word, parent: parent), as: number)
        parent = number
      }
    }
  }

  static func frame(_ line: Int, of module: Int = 1) -> Frame {
    .code(module: module, address: UInt64(line * 16))
  }
}
