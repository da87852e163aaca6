import Glibc
import Testing

@testable import CommandLineTools

@Suite("What a process has mapped") struct FileMappingTests {
  private func mappings(_ text: String) -> [FileMapping] { FileMapping.parse(Array(text.utf8)) }

  @Test("Shared files are told from private ones, and what is no file is left out")
  func kinds() {
    let found = mappings(
      """
      7f00-7f10 r-xp 00000000 fe:00 131 /usr/lib/libc.so.6
      7f10-7f20 rw-s 00000000 00:1b 77                         /tmp/trace.bin
      7f20-7f30 rw-p 00000000 00:00 0
      7f30-7f40 rw-p 00000000 00:00 0                          [heap]
      7f40-7f50 rw-s 00000000 00:01 9                          anon_inode:[io_uring]
      """)
    #expect(found.map(\.path) == ["/usr/lib/libc.so.6", "/tmp/trace.bin"])
    #expect(found.map(\.isShared) == [false, true])
    #expect(found.map(\.inode) == [131, 77])
    #expect(found.last?.addresses == "7f10-7f20")
  }

  @Test("A path may hold spaces and a newline, and may be gone")
  func paths() {
    let found = mappings(
      """
      1-2 rw-s 0 0:1 5 /a b/c\\012d
      1-2 rw-s 0 0:1 6 /trace.bin (deleted)
      """)
    #expect(found.map(\.path) == ["/a b/c\nd", "/trace.bin"])
    #expect(found.map(\.isDeleted) == [false, true])
  }

  @Test("What is no line of maps is left out", arguments: ["", "\n\n", "a b c d e", "- - - - - -"])
  func noise(text: String) {
    #expect(mappings(text).isEmpty)
  }

  @Test("This process's own program is among its mappings, and found under its path")
  func own() throws {
    let pid = Int(getpid())
    let program = try #require(FileMapping.all(of: pid).first { $0.path.hasSuffix(".xctest") })
    #expect(program.reachablePath(of: pid) == program.path)
    #expect(ProcFile.startTime(pid) != nil)
    #expect(ProcFile.pids.contains(pid))
    #expect(ProcFile.innermostPID(pid) == pid)
  }
}
