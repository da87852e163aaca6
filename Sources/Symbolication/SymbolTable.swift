import CElfutils

/// The functions of a module's symbol tables by address: `.symtab` of the debug file or of the
/// module, `.gnu_debugdata`, `.dynsym`, whichever there are.
///
/// Sorted once: `dwfl_module_addrinfo` looks at every symbol for each address.
struct SymbolTable {
  /// How much code an assembler's symbol without a size may stand for.
  private static let unsizedReach: UInt64 = 4096

  private var ranges = AddressRanges<UnsafePointer<CChar>>()

  /// The names belong to `module`, which must outlive the table.
  init(_ module: OpaquePointer) {
    let count = dwfl_module_getsymtab(module)
    var unsized: [(UInt64, UnsafePointer<CChar>)] = []
    var starts: [UInt64] = []
    for index in 0..<max(0, count) {
      var symbol = GElf_Sym()
      var address: GElf_Addr = 0
      var section: GElf_Word = 0
      guard
        let name = dwfl_module_getsym_info(
          module, index, &symbol, &address, &section, nil, nil),
        name.pointee != 0, section != SHN_UNDEF, section != SHN_ABS,
        Self.isCode(symbol)
      else { continue }
      starts.append(address)
      if symbol.st_size == 0 {
        unsized.append((address, name))
      } else {
        let (end, overflow) = address.addingReportingOverflow(symbol.st_size)
        if !overflow { ranges.insert(address, end, name) }
      }
    }
    starts.sort()
    for (address, name) in unsized {
      ranges.insert(address, Self.end(of: address, among: starts), name)
    }
    ranges.seal()
  }

  /// Returns the name of the function that holds an address, as it is stored.
  func function(at address: UInt64) -> UnsafePointer<CChar>? { ranges.find(address)?.value }

  /// Returns where the function begins that holds an address.
  func start(ofFunctionAt address: UInt64) -> UInt64? { ranges.find(address)?.low }

  /// Returns the name of the function that begins at an address.
  func function(enteredAt address: UInt64) -> UnsafePointer<CChar>? {
    ranges.find(address).flatMap { $0.low == address ? $0.value : nil }
  }

  private static func isCode(_ symbol: GElf_Sym) -> Bool {
    switch Int32(symbol.st_info & 0xf) {
    case STT_FUNC, STT_GNU_IFUNC: true
    // Assembly without .type; mapping symbols and the like have no size and no code.
    case STT_NOTYPE: symbol.st_size > 0
    default: false
    }
  }

  private static func end(of address: UInt64, among starts: [UInt64]) -> UInt64 {
    let next = starts.rank(of: address) { $0 }
    let (reach, overflow) = address.addingReportingOverflow(unsizedReach)
    let limit = overflow ? UInt64.max : reach
    return next < starts.count ? min(starts[next], limit) : limit
  }
}
