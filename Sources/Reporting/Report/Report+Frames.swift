import Symbolication
import TraceModel

extension Report.Stack {
  /// Joins frames, innermost first, with what is known of each: `code` tells those at an address of
  /// a module, which is several where functions were inlined.
  public init(
    _ frames: [Frame], _ generated: GeneratedCode,
    code: (_ module: Int, _ address: UInt64) -> [Report.StackFrame]
  ) {
    guard !frames.isEmpty else {
      self = .missing
      return
    }
    self.init(frames: [])
    self.frames.reserveCapacity(frames.count)
    for frame in frames {
      switch frame {
      case .code(let module, let address): self.frames += code(module, address)
      case .generated(let number):
        let place = generated.place(number)
        self.frames.append(Report.StackFrame(at: place?.address ?? 0, known: place?.frame))
      case .absolute(let address): self.frames.append(Report.StackFrame(at: address))
      case .cut: end = .cut
      case .broken: end = .broken
      case .ways: end = .ways
      }
    }
    takeInterpreterForPlatform()
  }
}
