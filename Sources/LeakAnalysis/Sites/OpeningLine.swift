import TraceModel

/// Tells which of some frames are the program's own code, as opposed to that of libraries by
/// which anybody opens: those may be built into the program, so that symbols are needed to tell.
public typealias OwnCode = (Set<Frame>) -> Set<Frame>

/// The lines of the program's own by which stacks open.
package struct OpeningLines {
  /// Deeper than so libraries do not hide the program's call.
  package static let depth = 32

  private let own: Set<Frame>

  /// `stacks` are those that will be asked for, innermost frame first.
  package init(of stacks: some Sequence<[Frame]>, _ own: OwnCode) {
    self.own = own(stacks.reduce(into: []) { $0.formUnion($1.prefix(Self.depth)) })
  }

  /// The first of the frames that is the program's own, and those inside it, innermost first;
  /// empty when there is none.
  package func line(of stack: [Frame]) -> [Frame] {
    stack.prefix(Self.depth).firstIndex(where: own.contains).map { Array(stack[...$0]) } ?? []
  }
}
