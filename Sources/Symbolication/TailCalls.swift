import CElfutils

/// A function's calls that are jumps: the last thing that it does, for which its frame is given
/// up. No stack has the function then, nor a line of it.
///
/// Source: DWARF 5, 3.4, call site entries; before that, GCC's `DW_TAG_GNU_call_site`.
struct TailCalls {
  struct Call {
    /// The jump, in addresses of the DWARF file.
    var jump: Jump
    /// The function that is called, where the entry tells.
    var callee: Dwarf_Die?
  }

  /// A jump by one of its ends: compilers write down either.
  enum Jump {
    case starting(at: UInt64)
    case ending(at: UInt64)

    /// An address in the instruction.
    var address: UInt64 {
      switch self {
      case .starting(let address): address
      case .ending(let address): address &- 1
      }
    }

    func moved(by bias: UInt64) -> Jump {
      switch self {
      case .starting(let address): .starting(at: address &+ bias)
      case .ending(let address): .ending(at: address &+ bias)
      }
    }
  }

  private(set) var all: [Call] = []

  init(of function: Dwarf_Die) { collect(below: function, depth: 0) }

  /// Deeper nesting is not the work of a compiler.
  private static let depthLimit = 64

  private mutating func collect(below parent: Dwarf_Die, depth: Int) {
    guard depth < Self.depthLimit else { return }
    parent.forEachChild { child in
      switch child.tag {
      case Int(DW_TAG_call_site), Int(DW_TAG_GNU_call_site):
        if let call = child.tailCall { all.append(call) }
      case Int(DW_TAG_inlined_subroutine), Int(DW_TAG_lexical_block), Int(DW_TAG_try_block),
        Int(DW_TAG_catch_block):
        collect(below: child, depth: depth + 1)
      default:
        break
      }
      return true
    }
  }
}

extension Dwarf_Die {
  /// Whether the compiler says that a function's entries tell all of its tail calls.
  var listsItsCalls: Bool {
    [
      DW_AT_call_all_calls, DW_AT_call_all_tail_calls, DW_AT_GNU_all_call_sites,
      DW_AT_GNU_all_tail_call_sites,
    ].contains { hasFlag(Int($0)) }
  }

  fileprivate var tailCall: TailCalls.Call? {
    guard hasFlag(Int(DW_AT_call_tail_call)) || hasFlag(Int(DW_AT_GNU_tail_call)) else {
      return nil
    }
    let origins = [Int(DW_AT_call_origin), Int(DW_AT_abstract_origin)]
    if let address = address(Int(DW_AT_call_pc)) {
      return .init(jump: .starting(at: address), callee: reference(origins))
    }
    guard let end = address(Int(DW_AT_call_return_pc)) ?? address(Int(DW_AT_low_pc)) else {
      return nil
    }
    return .init(jump: .ending(at: end), callee: reference(origins))
  }
}
