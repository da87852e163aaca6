import FDTrackFormat
import Glibc
import SystemPackage
import Testing

@testable import CommandLineTools

@Suite(.timeLimit(.minutes(30))) struct RunTracePathTests {
  let folder: TemporaryFolder
  var wanted: FilePath { folder.path.appending("trace.bin") }

  init() throws { folder = try TemporaryFolder() }

  @Test("A free name is taken as it is")
  func free() throws {
    #expect(try RunTracePath.prepare(wanted, pid: 42) == RunTracePath(path: wanted))
  }

  @Test("A trace whose processes have all ended becomes .old, again and again")
  func rotates() throws {
    for round in [1, 2] as [Int32] {
      let sample = SampleTrace(processes: [SampleTrace.process(5, end: FDT_END_EXIT, code: round)])
      _ = try folder.write("trace.bin", sample.bytes)
      let prepared = try RunTracePath.prepare(wanted, pid: 42)
      #expect(prepared.path == wanted)
      #expect(prepared.note?.contains("trace.bin.old") == true)
      #expect(!folder.exists("trace.bin"))
      #expect(try folder.read(folder.path.appending("trace.bin.old")) == sample.bytes)
    }
  }

  @Test("A killed writer's trace is rotated though its process has no end")
  func killedWriter() throws {
    // This process is alive, but does not map the file: its pid was reused.
    let sample = SampleTrace(processes: [SampleTrace.process(getpid())])
    _ = try folder.write("trace.bin", sample.bytes)
    #expect(try RunTracePath.prepare(wanted, pid: 42).path == wanted)
    #expect(folder.exists("trace.bin.old"))
  }

  @Test("A trace that is still being written stays, and a free name is used")
  func liveWriter() throws {
    let sample = SampleTrace(processes: [SampleTrace.process(getpid())])
    let path = try folder.write("trace.bin", sample.bytes)
    let descriptor = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
    let mapping = try #require(
      mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.rawValue, 0))
    defer { munmap(mapping, 4096) }
    try descriptor.close()

    let prepared = try RunTracePath.prepare(wanted, pid: 42)
    #expect(prepared.path == folder.path.appending("trace-42.bin"))
    #expect(prepared.note?.contains("still being written") == true)
    #expect(try folder.read(path) == sample.bytes)
  }

  @Test("A file that is no trace is never touched")
  func foreign() throws {
    let path = try folder.write("trace.bin", "my notes")
    _ = try folder.write("trace-42.bin", "taken, too")
    let prepared = try RunTracePath.prepare(wanted, pid: 42)
    #expect(prepared.path == folder.path.appending("trace-42-2.bin"))
    #expect(try folder.read(path) == Array("my notes".utf8))
  }

  @Test("A trace stays when what stands at .old is no trace")
  func foreignOld() throws {
    let sample = SampleTrace(processes: [SampleTrace.process(5, end: FDT_END_EXIT)])
    let path = try folder.write("trace.bin", sample.bytes)
    let old = try folder.write("trace.bin.old", "my notes")
    #expect(try RunTracePath.prepare(wanted, pid: 42).path.lastComponent == "trace-42.bin")
    #expect(try folder.read(path) == sample.bytes)
    #expect(try folder.read(old) == Array("my notes".utf8))
  }

  @Test("A trace that cannot be looked at stays, and why is told", .enabled(if: geteuid() != 0))
  func unreadable() throws {
    let path = try folder.write("trace.bin", SampleTrace(processes: []).bytes, mode: 0)
    #expect(
      try RunTracePath.prepare(wanted, pid: 42).note
        == "\(path) cannot be opened: Permission denied")
  }

  @Test("A link is not followed, even a dangling one")
  func link() throws {
    symlink("elsewhere", wanted.string)
    #expect(try RunTracePath.prepare(wanted, pid: 42).path.lastComponent == "trace-42.bin")
  }

  @Test("A name that another run has claimed is avoided until that run ends")
  func claimed() throws {
    func prepare() throws -> RunTracePath {
      try RunTracePath.prepare(wanted, pid: 42) { path in
        let claim = RunClaim(path)
        return claim != nil
      }
    }
    let other = RunClaim(wanted)
    #expect(try prepare().path.lastComponent == "trace-42.bin")
    _ = consume other
    // A program that another test is just starting may hold a copy until its exec.
    while try prepare().path != wanted { sched_yield() }
  }

  @Test("Nothing is put beside a device or a folder", arguments: ["/dev/null", ".", "link"])
  func noFile(name: String) throws {
    symlink("/dev/null", folder.path.appending("link").string)
    let path = folder.path.pushing(FilePath(name)).lexicallyNormalized()
    #expect(
      throws: RunFailure.own("cannot write a trace to '\(path)', which is no regular file")
    ) {
      try RunTracePath.prepare(path, pid: 42)
    }
  }

  @Test("A folder that is not there is said before the command starts")
  func noFolder() {
    #expect(throws: RunFailure.self) {
      try RunTracePath.prepare(folder.path.pushing("none/trace.bin"), pid: 42)
    }
  }

  @Test("A percent sign in a name is not taken for a pattern")
  func percent() {
    #expect(RunSession.literal("/a%p.bin") == bytes("/a%%p.bin").dropLast())
  }
}
