import Glibc
import SystemPackage

/// Why a command that ran left no trace, from the file that was executed.
enum RunDiagnosis {
  /// A clause for "no trace was written: …".
  static func reason(for program: FilePath) -> String {
    reason(for: program, interpretersLeft: 4)
  }

  private static func reason(for program: FilePath, interpretersLeft: Int) -> String {
    let unknown =
      "'\(program)' ended before it was recorded, cleared its environment, or the recorder"
      + " could not write (it says so above)"
    var status = stat()
    guard program.withPlatformString({ stat($0, &status) }) == 0,
      let descriptor = try? FileDescriptor.open(
        program, .readOnly, options: [.closeOnExec, .nonBlocking])
    else { return unknown }
    defer { try? descriptor.close() }
    if status.st_mode & (S_ISUID | S_ISGID) != 0 {
      return "'\(program)' is set-user-ID or set-group-ID, where the system allows no recorder"
    }
    let start = bytes(of: descriptor, at: 0, count: 256)
    if start.starts(with: "#!".utf8) {
      let words = start.prefix { $0 != UInt8(ascii: "\n") }.dropFirst(2)
        .split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard let interpreter = words.first, interpretersLeft > 0 else { return unknown }
      return reason(
        for: FilePath(String(decoding: interpreter, as: UTF8.self)),
        interpretersLeft: interpretersLeft - 1)
    }
    guard start.starts(with: [0x7f] + Array("ELF".utf8)) else { return unknown }
    return elfReason(program, descriptor, start) ?? unknown
  }

  /// Source: elf(5).
  private static func elfReason(
    _ program: FilePath, _ descriptor: FileDescriptor, _ header: [UInt8]
  ) -> String? {
    guard header.count >= MemoryLayout<Elf64_Ehdr>.size else { return nil }
    guard header[Int(EI_CLASS)] == UInt8(ELFCLASS64) else {
      return "'\(program)' is a 32-bit program"
    }
    let elf = header.withUnsafeBytes { $0.loadUnaligned(as: Elf64_Ehdr.self) }
    let own = bytes(at: "/proc/self/exe", count: MemoryLayout<Elf64_Ehdr>.size)
    let machine = 18..<20
    if own.count > machine.upperBound, own[machine] != header[machine] {
      return "'\(program)' is for another kind of processor"
    }
    guard elf.e_phentsize == MemoryLayout<Elf64_Phdr>.size,
      let tableOffset = Int64(exactly: elf.e_phoff)
    else { return nil }
    let table = bytes(
      of: descriptor, at: tableOffset, count: Int(elf.e_phnum) * MemoryLayout<Elf64_Phdr>.size)
    let segments = table.withUnsafeBytes { table in
      (0..<table.count / MemoryLayout<Elf64_Phdr>.size).map {
        table.loadUnaligned(
          fromByteOffset: $0 * MemoryLayout<Elf64_Phdr>.size, as: Elf64_Phdr.self)
      }
    }
    guard let segment = segments.first(where: { $0.p_type == UInt32(PT_INTERP) }) else {
      return "'\(program)' is statically linked, so no recorder can be preloaded"
    }
    guard let offset = Int64(exactly: segment.p_offset) else { return nil }
    let linker = bytes(of: descriptor, at: offset, count: Int(min(segment.p_filesz, 256)))
    let name = String(decoding: linker.prefix { $0 != 0 }, as: UTF8.self)
    return name.contains("musl") ? "'\(program)' is linked against musl, not glibc" : nil
  }

  private static func bytes(at path: FilePath, count: Int) -> [UInt8] {
    guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else {
      return []
    }
    defer { try? descriptor.close() }
    return bytes(of: descriptor, at: 0, count: count)
  }

  /// Up to `count` bytes; fewer at the end of the file, none on an error.
  private static func bytes(of descriptor: FileDescriptor, at offset: Int64, count: Int) -> [UInt8]
  {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled =
        (try? descriptor.read(
          fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
    }
  }
}
