import CElfutils

/// The compilation units of a module by address.
///
/// Built from the units' own ranges and not from `.debug_aranges`: clang, rustc and swiftc do
/// not write that section, and files linked from several compilers' objects have it in part.
struct DwarfUnits {
  /// One unit, with what its look-ups need more than once.
  final class Unit {
    /// The DIE that has the line table.
    var die: Dwarf_Die
    /// The DIE that has the functions: the split unit's (`.dwo`, `.dwp`) if it is one.
    private(set) lazy var content: Dwarf_Die = splitContent()
    private(set) lazy var functions = DwarfFunctions(unit: content)
    private(set) lazy var files: OpaquePointer? = sourceFiles()

    init(die: Dwarf_Die) { self.die = die }

    private func splitContent() -> Dwarf_Die {
      var split = Dwarf_Die()
      var kind: UInt8 = 0
      guard dwarf_cu_info(die.cu, nil, &kind, nil, &split, nil, nil, nil) == 0,
        Int(kind) == Int(DW_UT_skeleton), split.addr != nil
      else { return die }
      return split
    }

    private func sourceFiles() -> OpaquePointer? {
      var files: OpaquePointer?
      var count = 0
      return dwarf_getsrcfiles(&content, &files, &count) == 0 ? files : nil
    }
  }

  private var ranges = AddressRanges<Unit>()

  init(_ dwarf: OpaquePointer) {
    var unit: OpaquePointer?
    var die = Dwarf_Die()
    while dwarf_get_units(dwarf, unit, &unit, nil, nil, &die, nil) == 0 {
      guard die.tag == Int(DW_TAG_compile_unit) || die.tag == Int(DW_TAG_skeleton_unit) else {
        continue
      }
      let found = Unit(die: die)
      die.forEachRange { low, high in ranges.insert(low, high, found) }
    }
    ranges.seal()
  }

  /// Returns the unit whose code holds an address of the DWARF file.
  func unit(at address: UInt64) -> Unit? { ranges.find(address)?.value }
}
