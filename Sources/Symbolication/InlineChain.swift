import CElfutils

/// The functions at one address, from the concrete one inwards through what was inlined into it.
struct InlineChain {
  /// Deeper nesting is not the work of a compiler.
  private static let depthLimit = 256

  /// The concrete function first, then each `DW_TAG_inlined_subroutine` that holds the address.
  private(set) var entries: [Dwarf_Die]

  init(function: Dwarf_Die, address: UInt64) {
    entries = [function]
    var scope = function
    var depth = 0
    while depth < Self.depthLimit, let inner = Self.child(of: scope, at: address) {
      scope = inner
      depth += 1
      if scope.tag == Int(DW_TAG_inlined_subroutine) { entries.append(scope) }
    }
  }

  private static func child(of scope: Dwarf_Die, at address: UInt64) -> Dwarf_Die? {
    var found: Dwarf_Die?
    scope.forEachChild { child in
      switch child.tag {
      case Int(DW_TAG_inlined_subroutine), Int(DW_TAG_lexical_block), Int(DW_TAG_try_block),
        Int(DW_TAG_catch_block):
        if child.contains(address) { found = child }
      default:
        break
      }
      return found == nil
    }
    return found
  }
}
