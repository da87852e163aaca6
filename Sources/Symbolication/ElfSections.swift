import CElfutils

/// The sections of an ELF file.
struct ElfSections {
  private let elf: OpaquePointer?

  init(_ elf: OpaquePointer?) { self.elf = elf }

  func forEach(_ body: (OpaquePointer) -> Void) {
    var section: OpaquePointer?
    while let next = elf_nextscn(elf, section) {
      body(next)
      section = next
    }
  }

  /// Whether `strip` has left the symbols that no other module needs, or put them aside in the
  /// file itself: `.gnu_debugdata`, GDB's "MiniDebugInfo".
  var haveSymbolTable: Bool {
    var names = 0
    guard let elf, elf_getshdrstrndx(elf, &names) == 0 else { return false }
    var have = false
    forEach { section in
      var header = GElf_Shdr()
      guard gelf_getshdr(section, &header) != nil else { return }
      let name = elf_strptr(elf, names, Int(header.sh_name))
      have =
        have || Int(header.sh_type) == Int(SHT_SYMTAB)
        || name.map { String(cString: $0) == ".gnu_debugdata" } ?? false
    }
    return have
  }
}

/// Symbols of the dynamic linker.
struct DynamicSymbols {
  let count: Int
  /// The section of their names.
  let names: Int
  private let data: UnsafeMutablePointer<Elf_Data>

  /// Nil for a section of anything else.
  init?(_ section: OpaquePointer) {
    var header = GElf_Shdr()
    guard gelf_getshdr(section, &header) != nil, Int(header.sh_type) == Int(SHT_DYNSYM),
      header.sh_entsize > 0, let data = elf_getdata(section, nil)
    else { return nil }
    count = min(Int(clamping: header.sh_size / header.sh_entsize), Int(CInt.max))
    names = Int(header.sh_link)
    self.data = data
  }

  func symbol(_ number: UInt64) -> GElf_Sym? {
    var symbol = GElf_Sym()
    guard let number = CInt(exactly: number), gelf_getsym(data, number, &symbol) != nil else {
      return nil
    }
    return symbol
  }
}
