import CElfutils

/// What a module asks the dynamic linker for, by its relocations.
struct Imports {
  /// By the slot of the global offset table that the linker fills. Another module may define a
  /// function, too, that this one defines, and be asked first: who needs to know asks for the name.
  private(set) var slots: [UInt64: CallTargets.Target] = [:]
  /// The symbols of other modules, and whether they have a version of glibc.
  private(set) var symbols: [String: Bool] = [:]

  init(_ elf: OpaquePointer?, machine: Int) {
    let kinds: Set<UInt64> =
      machine == Int(EM_X86_64)
      ? [UInt64(R_X86_64_JUMP_SLOT), UInt64(R_X86_64_GLOB_DAT)]
      : [UInt64(R_AARCH64_JUMP_SLOT), UInt64(R_AARCH64_GLOB_DAT)]
    let sections = ElfSections(elf)
    let versions = SymbolVersions(sections, of: elf)
    sections.forEach { section in
      var header = GElf_Shdr()
      guard gelf_getshdr(section, &header) != nil, Int(header.sh_type) == Int(SHT_RELA),
        header.sh_entsize > 0, let relocations = elf_getdata(section, nil),
        let symbolSection = elf_getscn(elf, Int(header.sh_link)),
        let table = DynamicSymbols(symbolSection)
      else { return }
      for index in 0..<min(Int(clamping: header.sh_size / header.sh_entsize), Int(CInt.max)) {
        var relocation = GElf_Rela()
        guard gelf_getrela(relocations, CInt(index), &relocation) != nil else { return }
        let number = relocation.r_info >> 32
        guard kinds.contains(relocation.r_info & 0xffff_ffff), let symbol = table.symbol(number)
        else { continue }
        if symbol.st_shndx != SHN_UNDEF {
          slots[relocation.r_offset] = .address(symbol.st_value)
        } else if let text = elf_strptr(elf, table.names, Int(symbol.st_name)) {
          let name = String(cString: text)
          slots[relocation.r_offset] = .symbol(name)
          symbols[name] = versions.isOfLibc(number)
        }
      }
    }
  }
}
