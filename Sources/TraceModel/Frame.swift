import FDTrackFormat

/// One frame of a stack.
public enum Frame: Hashable, Sendable {
  /// `address` is the link-time virtual address to look up in module `module`
  /// (`Module.number`), already inside the call instruction.
  case code(module: Int, address: UInt64)
  /// An absolute address outside any module, such as JIT code.
  case absolute(UInt64)
  /// Code outside any module that something names, by its number there. In no trace: who reads
  /// it makes it, see ``Trace/nameGeneratedCode(_:)``.
  case generated(Int)
  /// Deeper frames exist and were not followed.
  case cut
  /// The walk ended here for want of unwind information, or the stored chain is damaged.
  case broken
  /// Stacks that differ from here on outwards stand as one. In no trace: analyses make it.
  case ways

  /// What no recorder stores in a stack that is whole.
  private static let waysWord = FDT_FRAME_BUSY
  /// As if of a module; no recorder has as many.
  private static let generatedModule = 0xfffe

  /// Whether it can be in a trace.
  static func isStored(_ word: UInt64) -> Bool {
    word != 0 && word >> UInt64(FDT_FRAME_ADDRESS_BITS) < UInt64(generatedModule)
  }

  init(word: UInt64) {
    let module = Int(word >> UInt64(FDT_FRAME_ADDRESS_BITS))
    let address = word & (1 << UInt64(FDT_FRAME_ADDRESS_BITS) - 1)
    if word == Self.waysWord {
      self = .ways
    } else if module == Self.generatedModule {
      self = .generated(Int(address))
    } else if module != 0 {
      self = .code(module: module, address: address)
    } else if address == UInt64(FDT_MARK_CUT) {
      self = .cut
    } else if address < UInt64(FDT_MARK_LIMIT) {
      self = .broken
    } else {
      self = .absolute(address)
    }
  }

  /// As a trace stores it; other for each frame, but for those after which a walk was broken.
  public var word: UInt64 {
    switch self {
    case .code(let module, let address):
      UInt64(module) << UInt64(FDT_FRAME_ADDRESS_BITS) | address
    case .absolute(let address): address
    case .generated(let number):
      UInt64(Self.generatedModule) << UInt64(FDT_FRAME_ADDRESS_BITS) | UInt64(number)
    case .cut: UInt64(FDT_MARK_CUT)
    case .broken: UInt64(FDT_MARK_BROKEN)
    case .ways: Self.waysWord
    }
  }
}
