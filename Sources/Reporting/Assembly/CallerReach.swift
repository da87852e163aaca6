import LeakAnalysis
import Symbolication
import TraceModel

/// Tells which stacks lead to the code whose call it was, by modules alone.
public struct CallerReach: Sendable {
  private enum Part {
    case program, interpreter, other
  }
  private let parts: [Int: Part]
  private let generated: GeneratedCode

  public init(_ modules: [TraceModel.Module], _ generated: GeneratedCode) {
    parts = Dictionary(
      modules.map { module in
        let part: Part =
          Interpreter.isPartOfOne(module.path)
          ? .interpreter : FrameOrigin(module: module.path) == .program ? .program : .other
        return (module.number, part)
      }
    ) { first, _ in first }
    self.generated = generated
  }

  /// `frames` are those of one stack, innermost first. What has an interpreter in its program calls
  /// that farther out, for all that it runs; and a library does in a thread of its own what any of
  /// the program's code has asked it for.
  public func isReached(by frames: [Frame]) -> Bool {
    var isInterpreted = false
    for frame in frames {
      switch frame {
      case .code(let module, _):
        switch parts[module] {
        case .program where !isInterpreted: return true
        case .interpreter: isInterpreted = true
        default: break
        }
      case .generated(let number) where generated.isOwn(number): return true
      case .ways: return true
      case .cut, .broken: return false
      case .absolute, .generated: break
      }
    }
    return false
  }
}
