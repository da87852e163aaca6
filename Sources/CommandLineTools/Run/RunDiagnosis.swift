import Glibc
import SystemPackage

/// Why a command that ran left no trace, from the file that was executed.
enum RunDiagnosis {
  /// What to say where a trace should be, and is none that can be used.
  static func sentence(
    on refusal: RunTraceFile.Refusal, trace: FilePath, of program: FilePath
  ) -> String {
    switch refusal {
    case .cannotOpen(.noSuchFileOrDirectory):
      known(program).map { "no trace was written: " + $0 }
        ?? "there is no trace: \(guess(program)), or the trace was removed while the command ran"
    case .cannotOpen(let error): "the trace \(trace) cannot be opened: \(error)"
    case .empty: "the trace \(trace) has 0 bytes: it was cut while the command ran"
    case .notATrace: "the trace \(trace) was not finished, or was overwritten"
    }
  }

  /// A clause for "the command itself was not traced: …".
  static func reason(for program: FilePath) -> String { known(program) ?? guess(program) }

  private static func guess(_ program: FilePath) -> String {
    "'\(program)' ended before it was recorded, cleared its environment, or the recorder"
      + " could not write (it says so above)"
  }

  /// nil where nothing about the file tells.
  private static func known(_ program: FilePath, interpretersLeft: Int = 4) -> String? {
    var status = stat()
    guard program.withPlatformString({ stat($0, &status) }) == 0,
      let descriptor = try? FileDescriptor.open(
        program, .readOnly, options: [.closeOnExec, .nonBlocking])
    else { return nil }
    defer { try? descriptor.close() }
    if status.st_mode & (S_ISUID | S_ISGID) != 0 {
      return "'\(program)' is set-user-ID or set-group-ID, where the system allows no recorder"
    }
    let start = bytes(of: descriptor, at: 0, count: 256)
    if start.starts(with: "#!".utf8) {
      let words = start.prefix { $0 != UInt8(ascii: "\n") }.dropFirst(2)
        .split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard let interpreter = words.first, interpretersLeft > 0 else { return nil }
      return known(
        FilePath(String(decoding: interpreter, as: UTF8.self)),
        interpretersLeft: interpretersLeft - 1)
    }
    guard start.starts(with: [0x7f] + Array("ELF".utf8)) else { return nil }
    return elfReason(program, descriptor, start)
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
