import FDTrackFormat

/// One frame of a stack.
public enum Frame: Hashable, Sendable {
  /// `address` is the link-time virtual address to look up in module `module`
  /// (`Module.number`), already inside the call instruction.
  case code(module: Int, address: UInt64)
  /// An absolute address outside any module, such as JIT code.
  case absolute(UInt64)
  /// Deeper frames exist and were not followed.
  case cut
  /// The walk ended here for want of unwind information, or the stored chain is damaged.
  case broken

  init(word: UInt64) {
    let module = Int(word >> UInt64(FDT_FRAME_ADDRESS_BITS))
    let address = word & (1 << UInt64(FDT_FRAME_ADDRESS_BITS) - 1)
    if module != 0 {
      self = .code(module: module, address: address)
    } else if address == UInt64(FDT_MARK_CUT) {
      self = .cut
    } else if address < UInt64(FDT_MARK_LIMIT) {
      self = .broken
    } else {
      self = .absolute(address)
    }
  }
}
