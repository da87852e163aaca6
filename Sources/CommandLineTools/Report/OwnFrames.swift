import Reporting
import Symbolication
import TraceModel

/// Tells the program's own code from that of libraries, those too that are built into it, as the
/// standard library of Rust is. What was looked up is kept.
struct OwnFrames {
  private var known: [Frame: Bool] = [:]
  /// What numbers of frames stand for.
  var generated: GeneratedCode
  var symbolizer: Symbolizer
  /// A hostile trace could have others at each look.
  private static let limit = 1 << 17

  init(_ generated: GeneratedCode = .none, _ symbolizer: Symbolizer = Symbolizer()) {
    (self.generated, self.symbolizer) = (generated, symbolizer)
  }

  /// Those of `frames` that are; `module` is asked for modules by number.
  mutating func among(
    _ frames: Set<Frame>, module: (Int) -> TraceModel.Module?
  ) -> Set<Frame> {
    if known.count > Self.limit { known = [:] }
    var missing: [Int: [UInt64]] = [:]
    for frame in frames where known[frame] == nil {
      guard case .code(let number, let address) = frame else { continue }
      missing[number, default: []].append(address)
    }
    for (number, addresses) in missing {
      // It may be written later.
      guard let module = module(number) else { continue }
      look(up: addresses, number, in: module)
    }
    return frames.filter { frame in
      guard case .generated(let number) = frame else { return known[frame] == true }
      return generated.isOwn(number)
    }
  }

  private mutating func look(up addresses: [UInt64], _ number: Int, in module: TraceModel.Module) {
    let path = module.path
    var symbols: ModuleSymbols?
    if FrameOrigin(module: path, function: nil, file: nil) == .program {
      let identity = ModuleIdentity(path: path ?? "", buildID: module.buildID)
      symbols =
        symbolizer.symbolize([.init(module: identity, addresses: addresses.sorted())]).first
    }
    for address in addresses {
      let found = symbols?.frames(at: address) ?? []
      known[.code(module: number, address: address)] =
        symbols != nil
        && (found.isEmpty
          || found.contains {
            FrameOrigin(module: path, function: $0.function, file: $0.file) == .program
          })
    }
  }
}
