import Symbolication
import TraceModel

/// Finds stacks that lead through the same functions of code that was made as the program ran: a
/// JIT compiler makes a function anew, elsewhere, as it gets hotter, and an interpreter takes other
/// ways through itself for one line of what it runs.
struct GeneratedStacks {
  /// What a frame is by its name, or else where.
  private enum Step: Hashable {
    case named(SourceFrame)
    case frame(Frame)
  }

  /// As deep as recorders follow stacks.
  private static let depth = 128

  /// Pairs of which both are alike.
  private(set) var alike: [(StackNumber, StackNumber)] = []

  /// - Parameter numbers: those of opens and closes; failing calls have others.
  init(_ numbers: Set<StackNumber>, of trace: Trace, _ code: GeneratedCode) {
    guard !code.places.isEmpty else { return }
    let interpreters = Set(
      trace.modules.lazy.filter { Interpreter.isPartOfOne($0.path) }.map(\.number))
    var firsts: [[Step]: StackNumber] = [:]
    let notes = trace.processes.lazy.flatMap(\.descriptors).compactMap(\.note?.stack)
    for number in numbers.union(notes).sorted() {
      guard let steps = Self.steps(of: number, in: trace.stacks, code, interpreters) else {
        continue
      }
      if let first = firsts[steps] { alike.append((first, number)) } else { firsts[steps] = number }
    }
  }

  /// Without the interpreter's own; nil where nothing has a name.
  private static func steps(
    of stack: StackNumber, in stacks: StackStore, _ code: GeneratedCode, _ interpreters: Set<Int>
  ) -> [Step]? {
    var steps: [Step] = []
    var isNamed = false
    stacks.forEachFrame(of: stack, atMost: depth) { frame in
      switch frame {
      case .generated(let number):
        isNamed = isNamed || code.isOfLanguage(number)
        steps.append(code.place(number).map { .named($0.frame) } ?? .frame(frame))
      case .code(let module, _) where interpreters.contains(module): break
      case .code, .absolute, .cut, .broken, .ways: steps.append(.frame(frame))
      }
      return true
    }
    return isNamed ? steps : nil
  }
}
