import TraceModel

/// The line of the program's own by which a stack opens.
package enum OpeningLine {
  /// Deeper than so libraries do not hide the program's call.
  package static let depth = 32

  /// The first of the frames that is the program's own, and those inside it, innermost first;
  /// empty when there is none. `isProgram` tells modules of the program from libraries.
  package static func frames(in stack: [Frame], isProgram: (Int) -> Bool) -> [Frame] {
    let own = stack.prefix(depth).firstIndex {
      if case .code(let module, _) = $0 { isProgram(module) } else { false }
    }
    return own.map { Array(stack[...$0]) } ?? []
  }
}
