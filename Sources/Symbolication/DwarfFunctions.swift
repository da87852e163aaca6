import CElfutils

/// The functions of one compilation unit by address.
///
/// One walk over the unit's tree serves all its addresses; `dwarf_getscopes` would walk it for
/// each. The walk enters what can hold a function's code: namespaces, types, and blocks for the
/// nested functions of GNU C.
struct DwarfFunctions {
  private var ranges = AddressRanges<Dwarf_Die>()

  init(unit: Dwarf_Die) {
    collect(below: unit, depth: 0)
    ranges.seal()
  }

  /// Returns the concrete function that holds an address of the DWARF file.
  func function(at address: UInt64) -> Dwarf_Die? { ranges.find(address)?.value }

  /// Deeper nesting is not the work of a compiler.
  private static let depthLimit = 64

  private mutating func collect(below parent: Dwarf_Die, depth: Int) {
    guard depth < Self.depthLimit else { return }
    parent.forEachChild { child in
      switch child.tag {
      case Int(DW_TAG_subprogram):
        child.forEachRange { low, high in ranges.insert(low, high, child) }
        collect(below: child, depth: depth + 1)
      case Int(DW_TAG_namespace), Int(DW_TAG_module), Int(DW_TAG_lexical_block),
        Int(DW_TAG_structure_type), Int(DW_TAG_class_type), Int(DW_TAG_union_type),
        Int(DW_TAG_enumeration_type):
        collect(below: child, depth: depth + 1)
      default:
        break
      }
      return true
    }
  }
}
