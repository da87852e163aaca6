import CElfutils

/// Where the calls and jumps of a module lead, as far as the instructions tell: to a fixed address,
/// or to a symbol, by way of the procedure linkage table or the global offset table.
///
/// Sources: Intel SDM volume 2, CALL, JMP and Jcc; Arm ARM, B, BL, ADRP and LDR; the ABIs' chapters
/// on the procedure linkage table.
struct CallTargets {
  enum Target: Equatable {
    case address(UInt64)
    /// A function of another module, by its symbol.
    case symbol(String)
  }

  private let elf: OpaquePointer?
  private let module: OpaquePointer
  private let machine: Int
  private lazy var imports = Imports(elf, machine: machine)

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
      return imports.slots[end &+ Self.displacement(code, at: 2)]
    case Int(EM_AARCH64):
      guard let word = word(at: end &- 4), word >> 26 == 0b100101 else { return nil }
      return throughLinkageTable((end &- 4) &+ Self.extended(word & 0x3ff_ffff, bits: 26) &* 4)
    default:
      return nil
    }
  }

  /// Whether a symbol of another module is asked of the C library. None of its functions ends with a
  /// call that is recorded: its own calls are bound within it.
  mutating func isOfLibc(_ symbol: String) -> Bool { imports.symbols[symbol] == true }

  /// Whether a symbol is one of another module.
  mutating func isImported(_ symbol: String) -> Bool { imports.symbols[symbol] != nil }

  /// Where a jump leads.
  struct Destination {
    var target: Target
    /// The line of such a jump is the condition's.
    var isConditional = false
  }

  /// Returns what a jump may lead to, as of a function's last call; nothing where that is not told.
  /// Where only its end is known, its last bytes may look like another jump, too.
  mutating func destinations(of jump: TailCalls.Jump) -> [Destination] {
    switch machine {
    case Int(EM_X86_64):
      let end =
        switch jump {
        case .ending(let end): end
        case .starting(let start): endOfJumpOnX86(at: start)
        }
      return end.map { destinationsOnX86(ofJumpEndingAt: $0) } ?? []
    case Int(EM_AARCH64):
      let start =
        switch jump {
        case .starting(let start): start
        case .ending(let end): end &- 4
        }
      guard let word = word(at: start), word >> 26 == 0b000101 else { return [] }
      let address = start &+ Self.extended(word & 0x3ff_ffff, bits: 26) &* 4
      return throughLinkageTable(address).map { [Destination(target: $0)] } ?? []
    default:
      return []
    }
  }

  private func endOfJumpOnX86(at start: UInt64) -> UInt64? {
    guard let code = bytes(at: start, count: 2) else { return nil }
    switch (code[0], code[1]) {
    case (0xe9, _): return start &+ 5
    case (0xeb, _), (0x70...0x7f, _): return start &+ 2
    case (0x0f, 0x80...0x8f), (0xff, 0x25): return start &+ 6
    // `bnd` and `notrack`.
    case (0xf2, let next), (0x3e, let next): return next == 0xe9 ? start &+ 6 : start &+ 7
    default: return nil
    }
  }

  private mutating func destinationsOnX86(ofJumpEndingAt end: UInt64) -> [Destination] {
    var found: [Destination] = []
    func add(_ target: Target?, isConditional: Bool = false) {
      if let target { found.append(.init(target: target, isConditional: isConditional)) }
    }
    if let code = bytes(at: end &- 2, count: 2), code[0] == 0xeb || code[0] & 0xf0 == 0x70 {
      let reach = UInt64(bitPattern: Int64(Int8(bitPattern: code[1])))
      add(throughLinkageTable(end &+ reach), isConditional: code[0] != 0xeb)
    }
    if let code = bytes(at: end &- 5, count: 5), code[0] == 0xe9 {
      add(throughLinkageTable(end &+ Self.displacement(code, at: 1)))
    }
    if let code = bytes(at: end &- 6, count: 6) {
      let place = end &+ Self.displacement(code, at: 2)
      if code[0] == 0x0f, code[1] & 0xf0 == 0x80 {
        add(throughLinkageTable(place), isConditional: true)
      }
      if code[0] == 0xff, code[1] == 0x25 { add(imports.slots[place]) }
    }
    return found
  }

  /// What a linkage table's entry at an address jumps to; the address itself where there is none.
  private mutating func throughLinkageTable(_ address: UInt64) -> Target? {
    guard let slot = machine == Int(EM_X86_64) ? slotOnX86(address) : slotOnArm(address) else {
      return .address(address)
    }
    return imports.slots[slot]
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

  /// Where the functions are that the module has for others, of those with these names.
  func definitions(of names: Set<String>) -> [String: UInt64] {
    var found: [String: UInt64] = [:]
    ElfSections(elf).forEach { section in
      guard let symbols = DynamicSymbols(section) else { return }
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
}
