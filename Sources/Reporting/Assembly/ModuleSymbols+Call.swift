import Symbolication
import TraceModel

extension ModuleSymbols.Call {
  /// What a frame of a stack called; `inner` is the next inner frame, nil for the innermost of all.
  /// Nil where that was code outside of any module.
  public init?(at address: UInt64, of module: Int, under inner: Frame?) {
    switch inner {
    case nil: self = .recorded(at: address)
    case .code(module, let to): self = .inside(at: address, to: to)
    case .code: self = .other(at: address)
    default: return nil
    }
  }
}
