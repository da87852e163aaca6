import Suppressions
import Symbolication
import TraceModel

/// Joins frames with symbols for suppressions, before there is a report; in two steps, as
/// `ReportAssembly` does.
public struct FrameNames {
  private let frames: Set<Frame>
  private let modules: [Int: TraceModel.Module]
  private let generated: GeneratedCode
  private let lookUp: LookUp

  public init(
    _ frames: Set<Frame>, in modules: [Int: TraceModel.Module], _ generated: GeneratedCode = .none
  ) {
    (self.frames, self.modules, self.generated) = (frames, modules, generated)
    var addresses: [Int: [UInt64]] = [:]
    for case .code(let module, let address) in frames {
      addresses[module, default: []].append(address)
    }
    lookUp = LookUp(addresses, in: modules)
  }

  /// What has to be looked up, one request for each module.
  public var requests: [Symbolizer.Request] { lookUp.requests }

  /// What is known of each, given the results of `requests` in their order.
  public func named(_ results: [ModuleSymbols]) -> [Frame: [SuppressibleFrame]] {
    var found = lookUp
    found.take(results)
    return Dictionary(uniqueKeysWithValues: frames.map { ($0, names(of: $0, found)) })
  }

  private func names(of frame: Frame, _ found: LookUp) -> [SuppressibleFrame] {
    switch frame {
    case .code(let number, let address):
      let path = modules[number]?.path
      let frames = found.frames(module: number, address: address)
      guard !frames.isEmpty else {
        return [SuppressibleFrame(function: nil, module: path, file: nil, line: nil)]
      }
      return frames.map {
        SuppressibleFrame(function: $0.function, module: path, file: $0.file, line: $0.line)
      }
    case .generated(let number):
      let known = generated.place(number)?.frame
      return [
        SuppressibleFrame(
          function: known?.function, module: nil, file: known?.file, line: known?.line)
      ]
    case .absolute: return [SuppressibleFrame(function: nil, module: nil, file: nil, line: nil)]
    case .cut, .broken, .ways: return []
    }
  }
}
