import Foundation
import Testing
import TraceModel

@testable import ProcessInspection

@Suite("Who holds the same")
struct HolderTests {
  private let proc: FakeProc

  init() throws { proc = try FakeProc() }

  @Test("Others that hold the same listener are found by its inode")
  func sharedListener() throws {
    let line = FakeProc.tcp("00000000:1F90", "00000000:0000", state: "0A", inode: 100)
    try proc.process(50, descriptors: [3: "socket:[100]"])
    try proc.table("tcp", of: 50, [line])
    try proc.process(60, name: "worker", descriptors: [3: "socket:[100]", 9: "socket:[100]"])
    try proc.process(61, name: "other", descriptors: [3: "socket:[101]"])
    let worker = Holder(pid: 60, name: "worker", fds: [3, 9])
    let inspection = try proc.inspect(50)
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
      try proc.inspect(50).findings == [
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
    #expect(
      try proc.inspect(50).descriptors?[0].peers == [Holder(pid: 60, name: "client", fds: [5])])
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
    let descriptor = try #require(try proc.inspect(50).descriptors?.first)
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
      try proc.inspect(50).findings == [
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
    let inspection = try proc.inspect(50)
    let own = { (fd: Int) in [Holder(pid: 50, name: "server", fds: [fd])] }
    #expect(inspection.descriptors?.map(\.peers) == [own(4), own(3), []])
    #expect(inspection.findings == [.pipesWithoutPeer(fds: [5])])
  }

  @Test("Nothing is claimed of a pipe's other end where processes are hidden")
  func hiddenProcesses() throws {
    try proc.process(50)
    try proc.descriptor(5, of: 50, "pipe:[201]", info: "flags:\t00\n")
    try proc.remove("1")
    let inspection = try proc.inspect(50)
    #expect(inspection.unseen == [.hiddenProcesses])
    #expect(inspection.findings.isEmpty)
  }

  @Test("A file is shared only when it is the same, whatever its path")
  func files() throws {
    let file = proc.root + "/shared.log"
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    try proc.process(50, descriptors: [3: file, 4: "/nowhere (deleted)", 5: "/dev/null"])
    try proc.process(60, name: "worker", descriptors: [8: file, 9: "/dev/null"])
    let inspection = try proc.inspect(50)
    #expect(
      inspection.descriptors?.map(\.sharers) == [
        [Holder(pid: 60, name: "worker", fds: [8])], [], [],
      ])
    #expect(inspection.descriptors?.map(\.isDeleted) == [false, true, false])
    #expect(inspection.descriptors?[1].name == "/nowhere")
  }
}
