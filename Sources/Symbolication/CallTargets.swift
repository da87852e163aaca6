import CElfutils

/// Where the call instructions of a module lead, as far as the instructions tell: to a fixed
/// address, or to a symbol, by way of the procedure linkage table or the global offset table.
///
/// Sources: Intel SDM volume 2, CALL and JMP; Arm ARM, BL, ADRP and LDR; the ABIs' chapters on the
/// procedure linkage table.
struct CallTargets {
  enum Target: Equatable {
    case address(UInt64)
    /// A function of another module, by its symbol.
    case symbol(String)
  }

  private let elf: OpaquePointer?
  private let module: OpaquePointer
  private let machine: Int
  /// By the slot of the global offset table that the linker fills.
  private lazy var slots: [UInt64: Target] = readSlots()

  /// `module` must outlive it.
  init(_ module: OpaquePointer) {
    self.module = module
    var bias: GElf_Addr = 0
    elf = dwfl_module_getelf(module, &bias)
    var header = GElf_Ehdr()
    // libdwfl reports modules at their link-time addresses; where it had to move one, its
    // sections are not where addresses say.
    machine =
      elf != nil && bias == 0 && gelf_getehdr(elf, &header) != nil
      ? Int(header.e_machine) : 0
  }

  /// Returns what a call enters whose instruction ends before `end`, or nil where that is not told,
  /// as of a call through a pointer.
  mutating func target(ofCallEndingAt end: UInt64) -> Target? {
    switch machine {
    case Int(EM_X86_64):
      guard let code = bytes(at: end &- 6, count: 6) else { return nil }
      if code[1] == 0xe8 { return throughLinkageTable(end &+ Self.displacement(code, at: 2)) }
      // `call *slot(%rip)`, as -fno-plt has it.
      guard code[0] == 0xff, code[1] == 0x15 else { return nil }
      return slots[end &+ Self.displacement(code, at: 2)]
    case Int(EM_AARCH64):
      guard let word = word(at: end &- 4), word >> 26 == 0b100101 else { return nil }
      return throughLinkageTable((end &- 4) &+ Self.extended(word & 0x3ff_ffff, bits: 26) &* 4)
    default:
      return nil
    }
  }

  /// What a linkage table's entry at an address jumps to; the address itself where there is none.
  private mutating func throughLinkageTable(_ address: UInt64) -> Target? {
    guard let slot = machine == Int(EM_X86_64) ? slotOnX86(address) : slotOnArm(address) else {
      return .address(address)
    }
    return slots[slot]
  }

  /// `endbr64` and `bnd` where there are, then `jmp *slot(%rip)`.
  private func slotOnX86(_ address: UInt64) -> UInt64? {
    guard let code = bytes(at: address, count: 11) ?? bytes(at: address, count: 6) else {
      return nil
    }
    var at = code.starts(with: [0xf3, 0x0f, 0x1e, 0xfa]) ? 4 : 0
    if at + 6 < code.count, code[at] == 0xf2 { at += 1 }
    guard at + 6 <= code.count, code[at] == 0xff, code[at + 1] == 0x25 else { return nil }
    return address &+ UInt64(at + 6) &+ Self.displacement(code, at: at + 2)
  }

  /// `bti c` where there is one, then `adrp x16, page; ldr x17, [x16, #offset]`.
  private func slotOnArm(_ address: UInt64) -> UInt64? {
    let start = word(at: address) == 0xd503_245f ? address &+ 4 : address
    guard let page = word(at: start), page & 0x9f00_001f == 0x9000_0010,
      let load = word(at: start &+ 4), load & 0xffc0_03ff == 0xf940_0211
    else { return nil }
    let pages = Self.extended((page >> 5 & 0x7ffff) << 2 | page >> 29 & 3, bits: 21)
    return (start & ~0xfff) &+ pages &* 4096 &+ UInt64(load >> 10 & 0xfff) * 8
  }

  // MARK: Reading

  /// Code of the module's file; nil for what is not in it, as in a file of debug information alone.
  private func bytes(at address: UInt64, count: Int) -> [UInt8]? {
    var offset = address
    var bias: GElf_Addr = 0
    guard let section = dwfl_module_address_section(module, &offset, &bias),
      let data = elf_rawdata(section, nil)?.pointee, let start = data.d_buf,
      offset <= UInt64(data.d_size), UInt64(count) <= UInt64(data.d_size) - offset
    else { return nil }
    return Array(UnsafeRawBufferPointer(start: start + Int(offset), count: count))
  }

  private func word(at address: UInt64) -> UInt32? {
    bytes(at: address, count: 4).map { code in
      code.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  private static func displacement(_ code: [UInt8], at index: Int) -> UInt64 {
    extended(code[index..<index + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }, bits: 32)
  }

  private static func extended(_ value: UInt32, bits: Int) -> UInt64 {
    let shift = 64 - bits
    return UInt64(bitPattern: Int64(bitPattern: UInt64(value) << shift) >> shift)
  }

  /// Of relocations that name a symbol. Another module may define one, too, that this one defines,
  /// and be asked first: who needs to know asks for the name.
  private func readSlots() -> [UInt64: Target] {
    let kinds: Set<UInt64> =
      machine == Int(EM_X86_64)
      ? [UInt64(R_X86_64_JUMP_SLOT), UInt64(R_X86_64_GLOB_DAT)]
      : [UInt64(R_AARCH64_JUMP_SLOT), UInt64(R_AARCH64_GLOB_DAT)]
    var slots: [UInt64: Target] = [:]
    forEachSection { section in
      var header = GElf_Shdr()
      guard gelf_getshdr(section, &header) != nil, Int(header.sh_type) == Int(SHT_RELA),
        header.sh_entsize > 0, let relocations = elf_getdata(section, nil),
        let table = elf_getscn(elf, Int(header.sh_link)), let symbols = SymbolSection(table)
      else { return }
      for index in 0..<min(Int(clamping: header.sh_size / header.sh_entsize), Int(CInt.max)) {
        var relocation = GElf_Rela()
        guard gelf_getrela(relocations, CInt(index), &relocation) != nil else { return }
        guard kinds.contains(relocation.r_info & 0xffff_ffff),
          let symbol = symbols.symbol(relocation.r_info >> 32)
        else { continue }
        if symbol.st_shndx != SHN_UNDEF {
          slots[relocation.r_offset] = .address(symbol.st_value)
        } else if let name = elf_strptr(elf, symbols.names, Int(symbol.st_name)) {
          slots[relocation.r_offset] = .symbol(String(cString: name))
        }
      }
    }
    return slots
  }

  /// Where the functions are that the module has for others, of those with these names.
  func definitions(of names: Set<String>) -> [String: UInt64] {
    var found: [String: UInt64] = [:]
    forEachSection { section in
      guard let symbols = SymbolSection(section) else { return }
      for index in 0..<symbols.count {
        guard let symbol = symbols.symbol(UInt64(index)), symbol.st_shndx != SHN_UNDEF,
          Int(symbol.st_info & 0xf) == Int(STT_FUNC),
          let text = elf_strptr(elf, symbols.names, Int(symbol.st_name))
        else { continue }
        let name = String(cString: text)
        if names.contains(name) { found[name] = symbol.st_value }
      }
    }
    return found
  }

  private func forEachSection(_ body: (OpaquePointer) -> Void) {
    var section: OpaquePointer?
    while let next = elf_nextscn(elf, section) {
      body(next)
      section = next
    }
  }

  /// Symbols of the dynamic linker.
  private struct SymbolSection {
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
}
