import Symbolication
import TraceModel

/// Finds stacks that lead through the same functions of code that was made as the program ran: a
/// JIT compiler makes a function anew, elsewhere, as it gets hotter, and an interpreter takes other
/// ways through itself for one line of what it runs.
public struct GeneratedStacks {
  /// What a frame is by its name, or else where.
  private enum Step: Hashable {
    case named(SourceFrame)
    case frame(Frame)
  }

  /// As deep as recorders follow stacks.
  private static let depth = 128
  /// A hostile trace could have others at each look.
  private static let limit = 1 << 17

  private var firsts: [[Step]: StackNumber] = [:]
  private var known: [StackNumber: StackNumber] = [:]
  /// Of the modules met, whether they are an interpreter's.
  private var interpreters: [Int: Bool] = [:]

  public init() {}

  /// The first of the stacks met that lead through the same functions; the stack itself where
  /// nothing of it has a name.
  ///
  /// - Parameters:
  ///   - frames: those of a stack, innermost first.
  ///   - module: the path of a module; nil while it is not known.
  public mutating func first(
    like stack: StackNumber, _ code: GeneratedCode, frames: (StackNumber) -> [Frame],
    module: (Int) -> String?
  ) -> StackNumber {
    if let known = known[stack] { return known }
    guard known.count < Self.limit else { return stack }
    var first = stack
    if let steps = steps(of: frames(stack).prefix(Self.depth), code, module) {
      first = firsts[steps, default: stack]
      firsts[steps] = first
    }
    known[stack] = first
    return first
  }

  /// Pairs of which both are alike. `numbers` are those of opens and closes; failing calls have
  /// others.
  static func alike(
    _ numbers: Set<StackNumber>, of trace: Trace, _ code: GeneratedCode
  ) -> [(StackNumber, StackNumber)] {
    guard !code.places.isEmpty else { return [] }
    let modules = Dictionary(trace.modules.map { ($0.number, $0.path) }) { first, _ in first }
    let notes = trace.processes.lazy.flatMap(\.descriptors).compactMap(\.note?.stack)
    var stacks = GeneratedStacks()
    return numbers.union(notes).sorted().compactMap { number in
      let first = stacks.first(like: number, code) {
        trace.stacks.frames(of: $0, atMost: depth)
      } module: {
        modules[$0] ?? nil
      }
      return first == number ? nil : (first, number)
    }
  }

  /// Without the interpreter's own; nil where nothing has a name.
  private mutating func steps(
    of frames: some Sequence<Frame>, _ code: GeneratedCode, _ module: (Int) -> String?
  ) -> [Step]? {
    var steps: [Step] = []
    var isNamed = false
    for frame in frames {
      switch frame {
      case .generated(let number):
        isNamed = isNamed || code.isOfLanguage(number)
        steps.append(code.place(number).map { .named($0.frame) } ?? .frame(frame))
      case .code(let number, _) where isInterpreter(number, module): break
      case .code, .absolute, .cut, .broken, .ways: steps.append(.frame(frame))
      }
    }
    return isNamed ? steps : nil
  }

  private mutating func isInterpreter(_ number: Int, _ module: (Int) -> String?) -> Bool {
    if let known = interpreters[number] { return known }
    guard let path = module(number) else { return false }
    let found = Interpreter.isPartOfOne(path)
    interpreters[number] = found
    return found
  }
}
