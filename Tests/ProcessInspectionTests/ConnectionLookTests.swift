import Glibc
import SystemPackage
import Testing
import TraceModel

@testable import ProcessInspection

@Suite("What the kernel tells of connections")
struct ConnectionLookTests {
  private let proc: FakeProc

  init() throws {
    proc = try FakeProc()
    try proc.process(
      50,
      descriptors: [
        3: "socket:[100]", 4: "socket:[101]", 5: "pipe:[102]", 6: "socket:[103]",
        7: "socket:[104]",
      ])
    try proc.network(try #require(ProcFolder.ownNetwork), of: 50)
  }

  private static func record(_ inode: UInt64, _ state: UInt8 = 8) -> SocketRecord {
    var record = SocketRecord(
      inode: inode, kind: .tcp, facts: SocketFacts(protocolName: "tcp"), boundInode: nil)
    record.facts.state = TCPState(rawValue: state)
    record.facts.idleMs = 7
    return record
  }

  /// What is told of the numbers 3 to 6 and 9 when the kernel tells of `records`, and `meanwhile`
  /// comes to pass as it does.
  private func sights(
    of pid: Int = 50, _ records: [SocketRecord], _ meanwhile: () -> Void = {}
  ) -> [Int: ConnectionSight] {
    let sights = ConnectionLook.sights(of: [pid: [3, 4, 5, 6, 9]], in: proc.root) {
      table, handle throws(Errno) in
      guard table.file == "tcp" else { throw .noSuchFileOrDirectory }
      records.forEach(handle)
      meanwhile()
    }
    return sights[pid] ?? [:]
  }

  @Test("Each number that leads to a socket has its state, others have none")
  func states() {
    let sights = sights([Self.record(100), Self.record(101, 1), Self.record(102), Self.record(104)])
    #expect(sights.keys.sorted() == [3, 4])
    #expect(sights[3]?.state == .closeWait && sights[3]?.quietNs == 7_000_000)
    #expect(sights[4]?.state == .established && sights[4]?.inode == 101)
  }

  @Test("A number that is closed, or leads elsewhere, when the kernel has answered has none")
  func races() throws {
    let sights = sights([Self.record(100), Self.record(101), Self.record(103)]) {
      try? proc.close(3, of: 50)
      try? proc.descriptor(4, of: 50, "socket:[103]")
    }
    #expect(Array(sights.keys) == [6])
  }

  @Test("A socket that the kernel tells of twice was changing, and has none")
  func moving() {
    let records = [Self.record(100, 1), Self.record(101), Self.record(100), Self.record(100)]
    #expect(Array(sights(records).keys) == [4])
  }

  @Test("An answer that ends in an error tells nothing")
  func refusal() {
    let sights = ConnectionLook.sights(of: [50: [3]], in: proc.root) {
      _, handle throws(Errno) in
      handle(Self.record(100))
      throw .badMessage
    }
    #expect(sights[50] == [:])
  }

  @Test("Of a process in another network namespace, or in one that is not known, nothing is told")
  func otherNetwork() throws {
    try proc.process(51, descriptors: [3: "socket:[100]"])
    try proc.network("net:[1]", of: 51)
    try proc.process(52, descriptors: [3: "socket:[100]"])
    for pid in [51, 52, 53] { #expect(sights(of: pid, [Self.record(100)]).isEmpty) }
  }

  @Test("A connection of this process whose client closes is in CLOSE_WAIT")
  func real() throws {
    let pair = try LoopbackPair()
    defer { pair.close() }
    var state: TCPState? {
      ConnectionLook.sights(of: [Int(getpid()): [Int(pair.accepted)]])[Int(getpid())]?[
        Int(pair.accepted)]?.state
    }
    #expect(state == .established)
    pair.closeClient()
    var wait = pollfd(fd: pair.accepted, events: Int16(POLLIN), revents: 0)
    #expect(poll(&wait, 1, -1) == 1)
    #expect(state == .closeWait)
  }
}

/// A connection of this process to itself.
private final class LoopbackPair {
  private(set) var client: Int32
  let accepted: Int32

  init() throws {
    let stream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let listener = socket(AF_INET, stream, 0)
    defer { Glibc.close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    let client = socket(AF_INET, stream, 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isReady = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 1) == 0
          && getsockname(listener, $0, &size) == 0 && connect(client, $0, size) == 0
      }
    }
    try #require(isReady)
    self.client = client
    accepted = accept(listener, nil, nil)
  }

  func closeClient() {
    Glibc.close(client)
    client = -1
  }

  func close() {
    Glibc.close(accepted)
    if client >= 0 { Glibc.close(client) }
  }
}
