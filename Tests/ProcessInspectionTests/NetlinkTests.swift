import Glibc
import LinuxCalls
import Testing
import TraceModel

@testable import ProcessInspection

@Suite("Messages of netlink")
struct NetlinkTests {
  @Test("Messages one after the other are read in order, padding between them left out")
  func sequence() throws {
    let bytes =
      NetlinkSample.message(type: 20, payload: [1, 2, 3, 4, 5])
      + NetlinkSample.message(type: 21, payload: [6])
    var seen: [(UInt16, [UInt8])] = []
    try NetlinkMessage.forEach(in: NetlinkBytes(bytes)) { message in
      seen.append((message.type, message.payload.array))
      return true
    }
    #expect(seen.map(\.0) == [20, 21])
    #expect(seen.map(\.1) == [[1, 2, 3, 4, 5], [6]])
  }

  @Test("A header that is cut is refused with its offset")
  func cutHeader() {
    let bytes = NetlinkSample.message(type: 20, payload: [1, 2, 3, 4]) + [1, 2, 3]
    #expect(throws: NetlinkError.truncated(offset: 20, need: 16, have: 3)) {
      try NetlinkMessage.forEach(in: NetlinkBytes(bytes)) { _ in true }
    }
  }

  @Test("A message longer than what was received is refused")
  func tooLong() {
    var bytes = NetlinkSample.message(type: 20, payload: [1, 2, 3, 4])
    bytes[0] = 200
    #expect(throws: NetlinkError.truncated(offset: 0, need: 200, have: 20)) {
      try NetlinkMessage.forEach(in: NetlinkBytes(bytes)) { _ in true }
    }
  }

  @Test("A length that would never let the reader advance is refused", arguments: [0, 1, 15])
  func noAdvance(length: UInt8) {
    var bytes = NetlinkSample.message(type: 20, payload: [])
    bytes[0] = length
    #expect(throws: NetlinkError.badLength(offset: 0, length: Int(length))) {
      try NetlinkMessage.forEach(in: NetlinkBytes(bytes)) { _ in true }
    }
  }

  @Test("An attribute that does not cover its own header is refused with its offset")
  func badAttribute() {
    let bytes = NetlinkSample.attribute(1, [9, 9, 9, 9]) + [3, 0, 1, 0]
    #expect(throws: NetlinkError.badLength(offset: 8, length: 3)) {
      try NetlinkAttribute.all(in: NetlinkBytes(bytes))
    }
  }

  @Test("An attribute that reaches beyond its message is refused")
  func longAttribute() {
    #expect(throws: NetlinkError.truncated(offset: 4, need: 60, have: 0)) {
      try NetlinkAttribute.all(in: NetlinkBytes([64, 0, 1, 0]))
    }
  }

  @Test("A tcp socket over IPv4 has its addresses, state, queues and idle time")
  func tcp4() throws {
    var message = NetlinkSample.inet(family: AF_INET, state: 8, inode: 77)
    message.id.idiag_sport = UInt16(8080).bigEndian
    message.id.idiag_dport = UInt16(5432).bigEndian
    message.id.idiag_src.0 = UInt32(0x7f00_0001).bigEndian
    message.id.idiag_dst.0 = UInt32(0x0a00_0002).bigEndian
    message.idiag_rqueue = 11
    message.idiag_wqueue = 22
    var information = [UInt8](repeating: 0, count: 104)
    for (offset, value) in [(44, 9000), (52, 7000), (56, 8000)] as [(Int, UInt32)] {
      withUnsafeBytes(of: value) { information.replaceSubrange(offset..<offset + 4, with: $0) }
    }
    let record = try SocketRecord(
      inet: NetlinkBytes(
        NetlinkSample.bytes(message) + NetlinkSample.attribute(INET_DIAG_INFO, information)),
      protocol: Int32(IPPROTO_TCP))
    #expect(record.inode == 77)
    #expect(record.kind == .tcp)
    #expect(record.facts.state == .closeWait)
    #expect(record.facts.local?.description == "127.0.0.1:8080")
    #expect(record.facts.remote?.description == "10.0.0.2:5432")
    #expect(record.facts.receiveQueue == 11)
    #expect(record.facts.sendQueue == 22)
    #expect(record.facts.idleMs == 7000)
    message.idiag_state = 2
    let connecting = try SocketRecord(
      inet: NetlinkBytes(
        NetlinkSample.bytes(message) + NetlinkSample.attribute(INET_DIAG_INFO, information)),
      protocol: Int32(IPPROTO_TCP))
    #expect(connecting.facts.state == .synSent && connecting.facts.idleMs == nil)
  }

  @Test("A listener over IPv6 has no remote address")
  func listener6() throws {
    var message = NetlinkSample.inet(family: AF_INET6, state: 10, inode: 5)
    message.id.idiag_sport = UInt16(80).bigEndian
    message.id.idiag_src = (0, 0, 0, UInt32(1).bigEndian)
    let record = try SocketRecord(
      inet: NetlinkBytes(NetlinkSample.bytes(message)), protocol: Int32(IPPROTO_TCP))
    #expect(record.facts.local?.description == "[::1]:80")
    #expect(record.facts.remote == nil)
    #expect(record.facts.isListener)
  }

  @Test("Every length at which a socket's message can be cut is refused, none crashes")
  func cutRecords() {
    let whole = NetlinkSample.bytes(NetlinkSample.inet(family: AF_INET, state: 1, inode: 5))
    for count in 0..<whole.count {
      #expect(throws: NetlinkError.self) {
        try SocketRecord(
          inet: NetlinkBytes(Array(whole.prefix(count))), protocol: Int32(IPPROTO_TCP))
      }
    }
    let unix = NetlinkSample.unix(inode: 5, attributes: [(UNIX_DIAG_PEER, [1, 2])])
    for count in 0..<MemoryLayout<unix_diag_msg>.size {
      #expect(throws: NetlinkError.self) {
        try SocketRecord(unix: NetlinkBytes(Array(unix.prefix(count))))
      }
    }
    #expect(throws: NetlinkError.truncated(offset: 20, need: 4, have: 2)) {
      try SocketRecord(unix: NetlinkBytes(unix))
    }
  }

  @Test("A unix socket has its name, its peer and the file that it was bound to")
  func unix() throws {
    let record = try SocketRecord(
      unix: NetlinkBytes(
        NetlinkSample.unix(
          inode: 9,
          attributes: [
            (UNIX_DIAG_NAME, Array("/run/x.sock".utf8) + [0]),
            (
              UNIX_DIAG_VFS, NetlinkSample.bytes(unix_diag_vfs(udiag_vfs_ino: 31, udiag_vfs_dev: 1))
            ),
            (UNIX_DIAG_PEER, NetlinkSample.bytes(UInt32(12))),
            (99, [1]),
          ])))
    #expect(record.facts.local == .unix("/run/x.sock"))
    #expect(!record.facts.isAbstract)
    #expect(record.facts.peer == 12)
    #expect(record.boundInode == 31)
  }

  @Test("An abstract name is told from a path that looks like one")
  func abstract() throws {
    func named(_ name: [UInt8]) throws -> SocketFacts {
      try SocketRecord(
        unix: NetlinkBytes(NetlinkSample.unix(inode: 9, attributes: [(UNIX_DIAG_NAME, name)]))
      ).facts
    }
    let abstract = try named([0] + Array("x".utf8))
    let path = try named(Array("@x".utf8) + [0])
    #expect(abstract.local == path.local)
    #expect(abstract.isAbstract)
    #expect(!path.isAbstract)
  }

  @Test("Bytes of chance are refused or read, and never crash", arguments: [1, 2, 3] as [UInt64])
  func chance(seed: UInt64) {
    var state = seed
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let count = Int(state >> 56)
      var bytes = (0..<count).map { UInt8(truncatingIfNeeded: state >> UInt64($0 % 57)) }
      // Small lengths get further.
      for index in stride(from: 1, to: bytes.count, by: 2) where state & 64 != 0 {
        bytes[index] = 0
      }
      try? NetlinkMessage.forEach(in: NetlinkBytes(bytes)) { message throws(NetlinkError) in
        for table in SocketTable.all { _ = try? table.record(message.payload) }
        return true
      }
      for table in SocketTable.all { _ = try? table.record(NetlinkBytes(bytes)) }
    }
  }
}

/// Builds the kernel's bytes.
enum NetlinkSample {
  static func bytes(_ value: some BitwiseCopyable) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0) }
  }

  static func message(type: UInt16, payload: [UInt8]) -> [UInt8] {
    var header = nlmsghdr()
    header.nlmsg_len = UInt32(16 + payload.count)
    header.nlmsg_type = type
    return padded(bytes(header) + payload)
  }

  static func attribute(_ type: Int, _ value: [UInt8]) -> [UInt8] {
    padded(bytes(rtattr(rta_len: UInt16(4 + value.count), rta_type: UInt16(type))) + value)
  }

  static func inet(family: Int32, state: UInt8, inode: UInt32) -> inet_diag_msg {
    var message = inet_diag_msg()
    message.idiag_family = UInt8(family)
    message.idiag_state = state
    message.idiag_inode = inode
    return message
  }

  static func unix(inode: UInt32, attributes: [(Int, [UInt8])]) -> [UInt8] {
    var message = unix_diag_msg()
    message.udiag_family = UInt8(AF_UNIX)
    message.udiag_type = 1
    message.udiag_state = 1
    message.udiag_ino = inode
    return attributes.reduce(bytes(message)) { $0 + attribute($1.0, $1.1) }
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
  }
}
