import CElfutils

/// Which version each symbol has that a module asks for.
///
/// Source: the Linux Standard Base, core specification, symbol versioning.
struct SymbolVersions {
  /// Numbers that stand for versions of glibc.
  private var libc: Set<UInt16> = []
  private var numbers: UnsafeMutablePointer<Elf_Data>?

  init(_ sections: ElfSections, of elf: OpaquePointer?) {
    var numbers: UnsafeMutablePointer<Elf_Data>?
    var libc: Set<UInt16> = []
    sections.forEach { section in
      var header = GElf_Shdr()
      guard gelf_getshdr(section, &header) != nil, let data = elf_getdata(section, nil) else {
        return
      }
      if Int(header.sh_type) == Int(SHT_GNU_versym) { numbers = data }
      if Int(header.sh_type) == Int(SHT_GNU_verneed) {
        Self.forEachVersion(of: data) { version in
          if let name = elf_strptr(elf, Int(header.sh_link), Int(version.vna_name)),
            String(cString: name).hasPrefix("GLIBC_")
          {
            libc.insert(version.vna_other)
          }
        }
      }
    }
    (self.numbers, self.libc) = (numbers, libc)
  }

  func isOfLibc(_ symbol: UInt64) -> Bool {
    var version: GElf_Versym = 0
    guard let numbers, let index = CInt(exactly: symbol),
      gelf_getversym(numbers, index, &version) != nil
    else { return false }
    return libc.contains(version & 0x7fff)
  }

  /// Each entry names the next by its distance, which a file may make as small as it likes.
  private static let limit = 4096

  private static func forEachVersion(
    of data: UnsafeMutablePointer<Elf_Data>, _ body: (GElf_Vernaux) -> Void
  ) {
    var left = limit
    var place: CInt = 0
    while left > 0 {
      var need = GElf_Verneed()
      guard gelf_getverneed(data, place, &need) != nil else { return }
      var at = place &+ CInt(truncatingIfNeeded: need.vn_aux)
      while left > 0 {
        left -= 1
        var version = GElf_Vernaux()
        guard at >= 0, gelf_getvernaux(data, at, &version) != nil else { break }
        body(version)
        guard version.vna_next != 0 else { break }
        at = at &+ CInt(truncatingIfNeeded: version.vna_next)
      }
      guard need.vn_next != 0 else { return }
      place = place &+ CInt(truncatingIfNeeded: need.vn_next)
      guard place >= 0 else { return }
    }
  }
}
