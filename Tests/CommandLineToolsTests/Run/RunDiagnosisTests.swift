import Glibc
import SystemPackage
import Testing

@testable import CommandLineTools

@Suite struct RunDiagnosisTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A program without a dynamic linker is called statically linked")
  func staticallyLinked() throws {
    #expect(try reason(for: elf(interpreter: nil)).hasSuffix("no recorder can be preloaded"))
  }

  @Test("A program of another libc is told by its dynamic linker")
  func musl() throws {
    #expect(try reason(for: elf(interpreter: "/lib/ld-musl-x86_64.so.1")).contains("musl"))
    let ordinary = try reason(for: elf(interpreter: "/lib64/ld-linux-x86-64.so.2"))
    #expect(ordinary.contains("ended before"))
  }

  @Test("32-bit programs and those of another processor are told apart")
  func otherMachines() throws {
    var small = try elf(interpreter: nil)
    small[Int(EI_CLASS)] = UInt8(ELFCLASS32)
    #expect(try reason(for: small).contains("32-bit"))
    var foreign = try elf(interpreter: nil)
    foreign[18] ^= 0x55
    #expect(try reason(for: foreign).contains("processor"))
  }

  @Test("A set-user-ID program is called that")
  func setUserID() throws {
    #expect(
      try reason(for: elf(interpreter: "/lib64/ld.so"), mode: 0o4755).contains("set-user-ID"))
  }

  @Test("Of a script, its interpreter is looked at, but not forever")
  func script() throws {
    let program = try folder.write("program", elf(interpreter: nil), mode: 0o755)
    #expect(
      try reason(for: Array("#! \(program) -x\n".utf8)).hasPrefix("'\(program)' is statically"))
    let loop = folder.path.appending("loop")
    _ = try folder.write("loop", "#!\(loop)\n", mode: 0o755)
    #expect(RunDiagnosis.reason(for: loop).contains("ended before"))
  }

  @Test("A program that is cut short, or lies about its tables, is no crash")
  func hostile() throws {
    let whole = try elf(interpreter: "/lib/ld-musl-x86_64.so.1")
    for size in 0..<whole.count {
      #expect(try !reason(for: Array(whole.prefix(size))).isEmpty)
    }
    for offset in MemoryLayout<Elf64_Ehdr>.offset(of: \.e_phoff)!..<whole.count {
      var lying = whole
      lying[offset] = 0xff
      #expect(try !reason(for: lying).isEmpty)
    }
    #expect(RunDiagnosis.reason(for: "/nonexistent").contains("ended before"))
  }

  @Test("A trace that was taken away, or cut, is told from one that nobody wrote")
  func lostTrace() throws {
    func sentence(_ refusal: RunTraceFile.Refusal, _ interpreter: String?) throws -> String {
      let program = try folder.write("program", elf(interpreter: interpreter), mode: 0o755)
      return RunDiagnosis.sentence(on: refusal, trace: "/t.bin", of: program)
    }
    let linker = "/lib64/ld-linux-x86-64.so.2"
    let missing = RunTraceFile.Refusal.cannotOpen(.noSuchFileOrDirectory)
    #expect(try sentence(missing, nil).hasPrefix("no trace was written: '"))
    #expect(try sentence(missing, linker).hasPrefix("there is no trace: '"))
    #expect(
      try sentence(missing, linker).hasSuffix(", or the trace was removed while the command ran"))
    #expect(
      try sentence(.cannotOpen(.tooManyOpenFiles), linker)
        == "the trace /t.bin cannot be opened: Too many open files")
    #expect(try sentence(.empty, nil).hasSuffix("has 0 bytes: it was cut while the command ran"))
  }

  // MARK: Helpers

  private func reason(for content: [UInt8], mode: CInterop.Mode = 0o755) throws -> String {
    let path = try folder.write("file-\(UInt64.random(in: 0...(.max)))", content)
    #expect(chmod(path.string, mode) == 0)
    return RunDiagnosis.reason(for: path)
  }

  /// An ELF file of this machine with at most one segment.
  private func elf(interpreter: String?) throws -> [UInt8] {
    let own = try FileDescriptor.open("/proc/self/exe", .readOnly, options: .closeOnExec)
    var header = Elf64_Ehdr()
    let count = try own.closeAfter {
      try withUnsafeMutableBytes(of: &header) { try own.read(into: $0) }
    }
    try #require(count == MemoryLayout<Elf64_Ehdr>.size)
    header.e_phoff = UInt64(count)
    header.e_phnum = interpreter == nil ? 0 : 1
    var bytes = withUnsafeBytes(of: header) { Array($0) }
    guard let interpreter else { return bytes }
    var segment = Elf64_Phdr()
    segment.p_type = UInt32(PT_INTERP)
    segment.p_offset = UInt64(bytes.count + MemoryLayout<Elf64_Phdr>.size)
    segment.p_filesz = UInt64(interpreter.utf8.count + 1)
    withUnsafeBytes(of: segment) { bytes += $0 }
    return bytes + interpreter.utf8 + [0]
  }
}
