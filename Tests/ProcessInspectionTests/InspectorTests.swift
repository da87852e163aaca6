import Foundation
import Testing
import TraceModel

@testable import ProcessInspection

@Suite("Inspecting a process")
struct InspectorTests {
  private let proc: FakeProc

  init() throws { proc = try FakeProc() }

  @Test("Descriptors are grouped, those in CLOSE_WAIT first, then by count")
  func groups() throws {
    try proc.process(
      50,
      descriptors: [
        0: "/dev/null", 3: "socket:[100]", 4: "socket:[101]", 5: "anon_inode:[eventfd]",
        6: "anon_inode:[eventfd]", 7: "anon_inode:[eventfd]",
      ])
    try proc.table(
      "tcp", of: 50,
      [
        FakeProc.tcp("0100007F:1F90", "00000000:0000", state: "0A", inode: 100),
        FakeProc.tcp("0100007F:1F90", "0200000A:1538", state: "08", inode: 101),
      ])
    let inspection = try proc.inspect(50)
    #expect(inspection.count == 6)
    #expect(inspection.limit == DescriptorLimit(soft: 1024, hard: 4096))
    #expect(
      inspection.groups.map(\.key) == [
        .init(kind: .tcp, state: "CLOSE_WAIT"), .init(kind: .eventfd), .init(kind: .file),
        .init(kind: .tcp, state: "LISTEN"),
      ])
    #expect(inspection.groups[0].subject == .init(text: "to 10.0.0.2:5432", count: 1))
    #expect(inspection.findings == [.peersClosed(fds: [4])])
    #expect(inspection.process.arguments == ["./server", "--port", "8080"])
    #expect(inspection.process.user == 1000)
    #expect(inspection.process.startTicks == 4711)
    #expect(inspection.descriptors?.allSatisfy { $0.closesOnExec == true } == true)
    #expect(inspection.unseen.isEmpty)
  }

  @Test("A file whose name ends like the kernel's mark is not taken for a deleted one")
  func namedLikeDeleted() throws {
    let file = proc.root + "/log (deleted)"
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    try proc.process(50, descriptors: [3: file])
    let descriptor = try #require(try proc.inspect(50).descriptors?.first)
    #expect(!descriptor.isDeleted)
    #expect(descriptor.name == file)
  }

  @Test("A unix socket's path that leads elsewhere is not claimed to be removed without proof")
  func unixNames() throws {
    try proc.process(50, descriptors: [3: "socket:[300]", 4: "socket:[301]", 5: "socket:[302]"])
    // Its root is a folder where only one of the two paths is.
    try FileManager.default.createDirectory(
      atPath: proc.root + "/50/root/run", withIntermediateDirectories: true)
    try proc.write("", to: "50/root/run/there")
    let start = "0000000000000000: 00000002 00000000 00010000 0001 01"
    try proc.table(
      "unix", of: 50,
      ["\(start) 300 /run/gone", "\(start) 301 @name", "\(start) 302 relative"])
    let sockets = try #require(try proc.inspect(50).descriptors).map(\.socket)
    #expect(sockets.map { $0?.isUnlinked } == [true, nil, nil])
    #expect(sockets.map { $0?.isAbstract } == [false, true, false])
  }

  @Test("A name with a line end in it cannot put words into another socket's mouth")
  func forgedLine() throws {
    try proc.process(50, descriptors: [3: "socket:[300]"])
    let start = "0000000000000000: 00000002 00000000 00010000 0001 01"
    try proc.table(
      "unix", of: 50, ["\(start) 300 /run/real", "\(start) 9 /x", "\(start) 300 /run/forged"])
    let descriptor = try #require(try proc.inspect(50).descriptors?.first)
    #expect(descriptor.kind == .unix)
    #expect(descriptor.socket?.local == nil)
  }

  @Test(
    "Watches on numbers that are closed or another file's are told, and a second one of a number")
  func staleWatches() throws {
    try proc.process(50)
    try proc.descriptor(
      3, of: 50, "anon_inode:[eventpoll]",
      info: """
        flags:\t02
        tfd:        4 events:       1f data:                4  pos:0 ino:64 sdev:9
        tfd:        5 events:       1f data:                5  pos:0 ino:65 sdev:9
        tfd:        6 events:       1f data:                6  pos:0 ino:66 sdev:9
        tfd:        4 events:       1f data:                4  pos:0 ino:64 sdev:9

        """)
    try proc.descriptor(4, of: 50, "anon_inode:[eventfd]", info: "flags:\t02\nino:\t100\n")
    try proc.descriptor(5, of: 50, "anon_inode:[eventfd]", info: "flags:\t02\nino:\t7\n")
    let inspection = try proc.inspect(50)
    #expect(
      inspection.descriptors?[0].facts == .epoll(EpollFacts(watches: 4, stale: [4, 5, 6])))
    #expect(inspection.findings == [.staleWatches(fd: 3, numbers: [4, 5, 6])])
  }

  @Test("The limit is told of from four fifths on")
  func nearLimit() throws {
    let descriptors = Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, "/dev/null") })
    try proc.process(50, descriptors: descriptors, limit: 10)
    try proc.process(51, descriptors: descriptors, limit: 11)
    #expect(try proc.inspect(50).findings == [.nearLimit(count: 8, limit: 10)])
    #expect(try proc.inspect(51).findings == [.nearLimit(count: 8, limit: 11)])
    try proc.process(52, descriptors: descriptors, limit: 12)
    #expect(try proc.inspect(52).findings.isEmpty)
  }

  @Test("A number that no process has, a zombie and a thread of the kernel are told apart")
  func nothingToSee() throws {
    try proc.process(50, name: "dead", state: "Z", parent: 60)
    try proc.process(60, name: "careless")
    try proc.process(51, name: "kworker", flags: 0x0020_0000)
    #expect(throws: InspectionFailure.noSuchProcess(pid: 99)) { try proc.inspect(99) }
    #expect(
      throws: InspectionFailure.zombie(pid: 50, name: "dead", parent: 60, parentName: "careless")
    ) { try proc.inspect(50) }
    #expect(throws: InspectionFailure.kernelThread(pid: 51, name: "kworker")) {
      try proc.inspect(51)
    }
  }

  @Test("A thread is told from its process")
  func thread() throws {
    try proc.process(51, descriptors: [0: "/dev/null"], thread: 50)
    let identity = try proc.inspect(51).process
    #expect(identity.isThread)
    #expect(identity.process == 50)
  }
}
