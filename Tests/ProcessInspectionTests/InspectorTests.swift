import Foundation
import Testing
import TraceModel

@testable import ProcessInspection

@Suite("Inspecting a process")
struct InspectorTests {
  private let proc: FakeProc

  init() throws { proc = try FakeProc() }

  private func inspect(
    _ pid: Int, plan: Inspector.Plan = .init(), pause: @escaping Inspector.Pause = { _, _ in .over }
  ) throws(InspectionFailure) -> Inspection {
    var now: UInt64 = 0
    let inspector = Inspector(root: proc.root, pause: pause) {
      now += 1_000_000_000
      return now
    }
    return try inspector.inspect(pid, plan: plan)
  }

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
    let inspection = try inspect(50)
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

  @Test("Others that hold the same listener are found by its inode")
  func sharedListener() throws {
    let line = FakeProc.tcp("00000000:1F90", "00000000:0000", state: "0A", inode: 100)
    try proc.process(50, descriptors: [3: "socket:[100]"])
    try proc.table("tcp", of: 50, [line])
    try proc.process(60, name: "worker", descriptors: [3: "socket:[100]", 9: "socket:[100]"])
    try proc.process(61, name: "other", descriptors: [3: "socket:[101]"])
    let worker = Holder(pid: 60, name: "worker", fds: [3, 9])
    let inspection = try inspect(50)
    #expect(inspection.descriptors?[0].sharers == [worker])
    #expect(
      inspection.findings == [
        .sharedListeners(
          [.init(fd: 3, address: .ipv4(address: 0, port: 8080))], holders: [worker])
      ])
  }

  @Test("Another socket at the same port is told from the same socket")
  func sharedPort() throws {
    try proc.process(50, descriptors: [3: "socket:[100]"])
    try proc.table(
      "tcp", of: 50,
      [100, 101].map { FakeProc.tcp("00000000:1F90", "00000000:0000", state: "0A", inode: $0) })
    try proc.process(60, name: "worker", descriptors: [7: "socket:[101]"])
    #expect(
      try inspect(50).findings == [
        .sharedPort(
          fd: 3, address: .ipv4(address: 0, port: 8080),
          holders: [Holder(pid: 60, name: "worker", fds: [7])])
      ])
  }

  @Test("The other end of a connection within the machine is named")
  func localPeer() throws {
    try proc.process(50, descriptors: [3: "socket:[100]"])
    try proc.table(
      "tcp", of: 50,
      [
        FakeProc.tcp("0100007F:1F90", "0100007F:C000", state: "01", inode: 100),
        FakeProc.tcp("0100007F:C000", "0100007F:1F90", state: "01", inode: 101),
      ])
    try proc.process(60, name: "client", descriptors: [5: "socket:[101]"])
    #expect(try inspect(50).descriptors?[0].peers == [Holder(pid: 60, name: "client", fds: [5])])
  }

  @Test("The ends of a connection find each other, too, when only one is of IPv6")
  func mappedPeer() throws {
    let mapped = "0000000000000000FFFF00000100007F"
    try proc.process(50, descriptors: [3: "socket:[100]"])
    try proc.table(
      "tcp", of: 50, [FakeProc.tcp("0100007F:C000", "0100007F:1F90", state: "01", inode: 101)])
    try proc.table(
      "tcp6", of: 50, [FakeProc.tcp("\(mapped):1F90", "\(mapped):C000", state: "01", inode: 100)])
    try proc.process(60, name: "client", descriptors: [5: "socket:[101]"])
    let descriptor = try #require(try inspect(50).descriptors?.first)
    #expect(descriptor.socket?.local?.description == "[::ffff:127.0.0.1]:8080")
    #expect(descriptor.peers == [Holder(pid: 60, name: "client", fds: [5])])
  }

  @Test("A bound udp socket that others hold keeps its address in use, a connected one does not")
  func sharedUDP() throws {
    try proc.process(50, descriptors: [3: "socket:[100]", 4: "socket:[101]"])
    try proc.table(
      "udp", of: 50,
      [
        FakeProc.tcp("00000000:0035", "00000000:0000", state: "07", inode: 100),
        FakeProc.tcp("0100007F:C000", "0100007F:0035", state: "01", inode: 101),
      ])
    let links = [3: "socket:[100]", 4: "socket:[101]"]
    try proc.process(60, name: "worker", descriptors: links)
    let address = SocketAddress.ipv4(address: 0, port: 53)
    #expect(
      try inspect(50).findings == [
        .sharedListeners(
          [.init(fd: 3, address: address)], holders: [Holder(pid: 60, name: "worker", fds: [3])])
      ])
  }

  @Test("A pipe's other end is found by direction, and a pipe without one is told")
  func pipes() throws {
    let reading = "pos:\t0\nflags:\t00\n"
    let writing = "pos:\t0\nflags:\t01\n"
    try proc.process(50)
    try proc.descriptor(3, of: 50, "pipe:[200]", info: reading)
    try proc.descriptor(4, of: 50, "pipe:[200]", info: writing)
    try proc.descriptor(5, of: 50, "pipe:[201]", info: reading)
    let inspection = try inspect(50)
    let own = { (fd: Int) in [Holder(pid: 50, name: "server", fds: [fd])] }
    #expect(inspection.descriptors?.map(\.peers) == [own(4), own(3), []])
    #expect(inspection.findings == [.pipesWithoutPeer(fds: [5])])
  }

  @Test("Nothing is claimed of a pipe's other end where processes are hidden")
  func hiddenProcesses() throws {
    try proc.process(50)
    try proc.descriptor(5, of: 50, "pipe:[201]", info: "flags:\t00\n")
    try proc.remove("1")
    let inspection = try inspect(50)
    #expect(inspection.unseen == [.hiddenProcesses])
    #expect(inspection.findings.isEmpty)
  }

  @Test("A file is shared only when it is the same, whatever its path")
  func files() throws {
    let file = proc.root + "/shared.log"
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    try proc.process(50, descriptors: [3: file, 4: "/nowhere (deleted)", 5: "/dev/null"])
    try proc.process(60, name: "worker", descriptors: [8: file, 9: "/dev/null"])
    let inspection = try inspect(50)
    #expect(
      inspection.descriptors?.map(\.sharers) == [
        [Holder(pid: 60, name: "worker", fds: [8])], [], [],
      ])
    #expect(inspection.descriptors?.map(\.isDeleted) == [false, true, false])
    #expect(inspection.descriptors?[1].name == "/nowhere")
  }

  @Test("A file whose name ends like the kernel's mark is not taken for a deleted one")
  func namedLikeDeleted() throws {
    let file = proc.root + "/log (deleted)"
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    try proc.process(50, descriptors: [3: file])
    let descriptor = try #require(try inspect(50).descriptors?.first)
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
    let sockets = try #require(try inspect(50).descriptors).map(\.socket)
    #expect(sockets.map { $0?.isUnlinked } == [true, nil, nil])
    #expect(sockets.map { $0?.isAbstract } == [false, true, false])
  }

  @Test("A name with a line end in it cannot put words into another socket's mouth")
  func forgedLine() throws {
    try proc.process(50, descriptors: [3: "socket:[300]"])
    let start = "0000000000000000: 00000002 00000000 00010000 0001 01"
    try proc.table(
      "unix", of: 50, ["\(start) 300 /run/real", "\(start) 9 /x", "\(start) 300 /run/forged"])
    let descriptor = try #require(try inspect(50).descriptors?.first)
    #expect(descriptor.kind == .unix)
    #expect(descriptor.socket?.local == nil)
  }

  @Test("Watches on numbers that are closed or another file's are told")
  func staleWatches() throws {
    try proc.process(50)
    try proc.descriptor(
      3, of: 50, "anon_inode:[eventpoll]",
      info: """
        flags:\t02
        tfd:        4 events:       1f data:                4  pos:0 ino:64 sdev:9
        tfd:        5 events:       1f data:                5  pos:0 ino:65 sdev:9
        tfd:        6 events:       1f data:                6  pos:0 ino:66 sdev:9

        """)
    try proc.descriptor(4, of: 50, "anon_inode:[eventfd]", info: "flags:\t02\nino:\t100\n")
    try proc.descriptor(5, of: 50, "anon_inode:[eventfd]", info: "flags:\t02\nino:\t7\n")
    let inspection = try inspect(50)
    #expect(
      inspection.descriptors?[0].facts == .epoll(EpollFacts(watches: 3, stale: [5, 6])))
    #expect(inspection.findings == [.staleWatches(fd: 3, numbers: [5, 6])])
  }

  @Test("The limit is told of from four fifths on")
  func nearLimit() throws {
    let descriptors = Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, "/dev/null") })
    try proc.process(50, descriptors: descriptors, limit: 10)
    try proc.process(51, descriptors: descriptors, limit: 11)
    #expect(try inspect(50).findings == [.nearLimit(count: 8, limit: 10)])
    #expect(try inspect(51).findings == [.nearLimit(count: 8, limit: 11)])
    try proc.process(52, descriptors: descriptors, limit: 12)
    #expect(try inspect(52).findings.isEmpty)
  }

  @Test("A number that no process has, a zombie and a thread of the kernel are told apart")
  func nothingToSee() throws {
    try proc.process(50, name: "dead", state: "Z", parent: 60)
    try proc.process(60, name: "careless")
    try proc.process(51, name: "kworker", flags: 0x0020_0000)
    #expect(throws: InspectionFailure.noSuchProcess(pid: 99)) { try inspect(99) }
    #expect(
      throws: InspectionFailure.zombie(pid: 50, name: "dead", parent: 60, parentName: "careless")
    ) { try inspect(50) }
    #expect(throws: InspectionFailure.kernelThread(pid: 51, name: "kworker")) { try inspect(51) }
  }

  @Test("A thread is told from its process")
  func thread() throws {
    try proc.process(51, descriptors: [0: "/dev/null"], thread: 50)
    let identity = try inspect(51).process
    #expect(identity.isThread)
    #expect(identity.process == 50)
  }

  @Test("Growth counts what came and went between the first look and the last")
  func growth() throws {
    try proc.process(50, descriptors: [0: "/dev/null", 1: "socket:[1]"])
    var next = 10
    let inspection = try inspect(50, plan: .init(count: 4, intervalNs: 5)) {
      [proc] _, nanoseconds in
      #expect(nanoseconds == 5)
      try? proc.descriptor(next, of: 50, "anon_inode:[eventfd]")
      if next == 11 { try? proc.descriptor(1, of: 50, "socket:[2]") }
      next += 1
      return .over
    }
    let growth = try #require(inspection.growth)
    #expect(growth.samples.map(\.count) == [2, 3, 4, 5])
    #expect(growth.samples.map(\.atNs) == [0, 1_000_000_000, 2_000_000_000, 3_000_000_000])
    #expect(growth.opened == 4)
    #expect(growth.closed == 1)
    #expect(growth.perHour == 3600)
    #expect(growth.timeNs(to: 1024) == 1_019_000_000_000)
    #expect(growth.changes.map(\.key) == [.init(kind: .eventfd)])
    #expect(inspection.findings == [.growing(group: .init(kind: .eventfd), by: 3)])
  }

  @Test("A process that ends between two looks is told with what it had last")
  func endedMeanwhile() throws {
    try proc.process(50, descriptors: [0: "/dev/null"])
    let inspection = try inspect(50, plan: .init(count: 3)) { [proc] _, _ in
      try? proc.remove("50")
      return .over
    }
    #expect(inspection.process.endedMeanwhile)
    #expect(inspection.count == 1)
    #expect(inspection.growth == nil)
  }

  @Test("A process that became a zombie between two looks is not said to have closed all")
  func zombieMeanwhile() throws {
    try proc.process(50, descriptors: [0: "/dev/null"])
    let inspection = try inspect(50, plan: .init(count: 2)) { [proc] _, _ in
      try? proc.close(0, of: 50)
      try? proc.process(50, state: "Z")
      return .over
    }
    #expect(inspection.process.endedMeanwhile)
    #expect(inspection.descriptors?.map(\.fd) == [0])
  }

  @Test("Another process that got the pid meanwhile is not taken for the first")
  func pidIsUsedAgain() throws {
    try proc.process(50, name: "first", descriptors: [0: "/dev/null"])
    let inspection = try inspect(50, plan: .init(count: 2)) { [proc] _, _ in
      try? proc.remove("50")
      try? proc.process(50, name: "second", descriptors: [0: "/dev/null", 1: "/dev/null"])
      return .over
    }
    #expect(inspection.process.endedMeanwhile)
    #expect(inspection.process.name == "first")
    #expect(inspection.count == 1)
  }

  @Test("An interrupted series ends with what was counted so far")
  func interrupted() throws {
    try proc.process(50, descriptors: [0: "/dev/null"])
    var pauses = 0
    let inspection = try inspect(50, plan: .init(count: 9)) { _, _ in
      pauses += 1
      return pauses == 2 ? .interrupted : .over
    }
    #expect(inspection.growth?.samples.count == 2)
    #expect(!inspection.process.endedMeanwhile)
  }
}
