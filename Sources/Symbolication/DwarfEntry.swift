import CElfutils

// Debugging information entries (DIEs). libdw takes them by mutable pointer and writes what it
// has learnt of their abbreviation, which takes it a lock and a hash table; these work on copies.
extension Dwarf_Die {
  var tag: Int {
    var die = self
    return Int(dwarf_tag(&die))
  }

  /// Calls `body` with each child until it returns false.
  func forEachChild(_ body: (Dwarf_Die) -> Bool) {
    var parent = self
    var child = Dwarf_Die()
    guard dwarf_child(&parent, &child) == 0 else { return }
    // Copies have the abbreviation from here.
    while dwarf_tag(&child) > 0, body(child) {
      var next = Dwarf_Die()
      guard dwarf_siblingof(&child, &next) == 0 else { return }
      child = next
    }
  }

  /// Calls `body` with each range of code addresses.
  func forEachRange(_ body: (UInt64, UInt64) -> Void) {
    var die = self
    var base: Dwarf_Addr = 0
    var low: Dwarf_Addr = 0
    var high: Dwarf_Addr = 0
    var offset = 0
    while true {
      offset = dwarf_ranges(&die, offset, &base, &low, &high)
      guard offset > 0 else { return }
      // Functions that the linker dropped stand at 0.
      if low != 0 { body(low, high) }
    }
  }

  /// The address at which a function is entered; nil for one without code.
  var entry: UInt64? {
    var die = self
    var entry: Dwarf_Addr = 0
    return dwarf_entrypc(&die, &entry) == 0 && entry != 0 ? entry : nil
  }

  func contains(_ address: UInt64) -> Bool {
    var die = self
    return dwarf_haspc(&die, address) > 0
  }

  /// The function's name as the linker knows it, tidied.
  func linkageName(_ texts: inout TidiedTexts) -> String? {
    var die = self
    for name in [DW_AT_linkage_name, DW_AT_MIPS_linkage_name] {
      var attribute = Dwarf_Attribute()
      if dwarf_attr_integrate(&die, UInt32(name), &attribute) != nil,
        let text = dwarf_formstring(&attribute), let name = texts.function(text)
      {
        return name
      }
    }
    return nil
  }

  /// The function's name as the source has it, without its scopes.
  func plainName(_ texts: inout TidiedTexts) -> String? {
    var die = self
    return dwarf_diename(&die).flatMap { texts.function($0) }
  }

  /// The entry that it was made from: that of an inlined copy's function, and of a definition's
  /// declaration.
  var declaration: Dwarf_Die {
    var found = self
    let origins = [Int(DW_AT_abstract_origin), Int(DW_AT_specification)]
    for _ in 0..<Self.originLimit {
      guard let next = found.reference(origins) else { break }
      found = next
    }
    return found
  }

  /// Compilers make copies of copies, but none of more than a few.
  private static let originLimit = 16

  /// The entry of the unit that it is of.
  var unit: Dwarf_Die {
    var die = self
    var unit = Dwarf_Die()
    return dwarf_diecu(&die, &unit, nil, nil) != nil ? unit : self
  }

  /// True in a unit written in C++.
  var isCPlusPlus: Bool {
    var die = self
    switch Int(dwarf_srclang(&die)) {
    case Int(DW_LANG_C_plus_plus), Int(DW_LANG_C_plus_plus_03), Int(DW_LANG_C_plus_plus_11),
      Int(DW_LANG_C_plus_plus_14):
      return true
    default:
      return false
    }
  }

  // MARK: Attributes of this very entry

  /// An unsigned number.
  func number(_ name: Int) -> Int? {
    var value: Dwarf_Word = 0
    guard var attribute = attribute(name), dwarf_formudata(&attribute, &value) == 0 else {
      return nil
    }
    return Int(exactly: value)
  }

  func hasFlag(_ name: Int) -> Bool {
    var value = false
    guard var attribute = attribute(name), dwarf_formflag(&attribute, &value) == 0 else {
      return false
    }
    return value
  }

  func address(_ name: Int) -> UInt64? {
    var value: Dwarf_Addr = 0
    guard var attribute = attribute(name), dwarf_formaddr(&attribute, &value) == 0 else {
      return nil
    }
    return value
  }

  /// The entry that the first of these names which it has refers to.
  func reference(_ names: [Int]) -> Dwarf_Die? {
    for name in names {
      var found = Dwarf_Die()
      if var attribute = attribute(name), dwarf_formref_die(&attribute, &found) != nil {
        return found
      }
    }
    return nil
  }

  private func attribute(_ name: Int) -> Dwarf_Attribute? {
    var die = self
    var attribute = Dwarf_Attribute()
    return dwarf_attr(&die, UInt32(name), &attribute) != nil ? attribute : nil
  }
}
