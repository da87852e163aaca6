import Glibc
import LinuxCalls
import TraceModel

/// A socket as one message of sock_diag(7), or one line of /proc/net, describes it.
struct SocketRecord: Equatable {
  var inode: UInt64
  var kind: DescriptorKind
  var facts: SocketFacts
  /// The file that a unix socket's path led to when it was bound: the lower 32 bits of its inode.
  var boundInode: UInt32?
}

// MARK: tcp, udp, raw

extension SocketRecord {
  /// From `struct inet_diag_msg` and what follows it.
  init(inet bytes: NetlinkBytes, protocol number: Int32) throws(NetlinkError) {
    let message = try bytes.load(inet_diag_msg.self)
    inode = UInt64(message.idiag_inode)
    kind = Self.kind(of: number)
    facts = SocketFacts(protocolName: Self.name(of: number))
    facts.state = TCPState(rawValue: message.idiag_state)
    let id = message.id
    facts.local = Self.address(
      message.idiag_family, id.idiag_src, port: id.idiag_sport, scope: id.idiag_if)
    let hasPeer = id.idiag_dport != 0
    facts.remote =
      hasPeer
      ? Self.address(message.idiag_family, id.idiag_dst, port: id.idiag_dport, scope: id.idiag_if)
      : nil
    facts.receiveQueue = message.idiag_rqueue
    facts.sendQueue = message.idiag_wqueue
    facts.user = message.idiag_uid
    // Before anything has passed the kernel counts from its own start.
    if number == IPPROTO_TCP, facts.state != .synSent {
      facts.idleMs = try Self.idleTime(in: bytes.rest(at: MemoryLayout<inet_diag_msg>.size))
    }
  }

  /// Milliseconds since data or an acknowledgement last passed, from INET_DIAG_INFO.
  private static func idleTime(in bytes: NetlinkBytes) throws(NetlinkError) -> UInt32? {
    for attribute in try NetlinkAttribute.all(in: bytes) where attribute.type == INET_DIAG_INFO {
      // Older kernels tell less of it.
      guard attribute.value.count >= lastAckReceived + 4 else { return nil }
      let sent = try attribute.value.load(UInt32.self, at: lastDataSent)
      let received = try attribute.value.load(UInt32.self, at: lastDataSent + 8)
      let acknowledged = try attribute.value.load(UInt32.self, at: lastAckReceived)
      return min(sent, received, acknowledged)
    }
    return nil
  }

  /// Where `struct tcp_info` has tcpi_last_data_sent and tcpi_last_ack_recv (<linux/tcp.h>);
  /// between the two stand tcpi_last_ack_sent, which is always 0, and tcpi_last_data_recv.
  private static let lastDataSent = 44
  private static let lastAckReceived = 56

  private static func kind(of number: Int32) -> DescriptorKind {
    switch number {
    case Int32(IPPROTO_TCP): .tcp
    case Int32(IPPROTO_UDP), Int32(IPPROTO_UDPLITE): .udp
    default: .other
    }
  }

  static func name(of number: Int32) -> String {
    switch number {
    case Int32(IPPROTO_TCP): "tcp"
    case Int32(IPPROTO_UDP): "udp"
    case Int32(IPPROTO_UDPLITE): "udplite"
    case Int32(IPPROTO_RAW): "raw"
    case Int32(IPPROTO_SCTP): "sctp"
    default: "protocol \(number)"
    }
  }

  private typealias Words = (UInt32, UInt32, UInt32, UInt32)

  private static func address(
    _ family: UInt8, _ words: Words, port: UInt16, scope: UInt32
  ) -> SocketAddress? {
    let port = UInt16(bigEndian: port)
    switch Int32(family) {
    case AF_INET: return .ipv4(address: UInt32(bigEndian: words.0), port: port)
    case AF_INET6:
      let groups = [words.0, words.1, words.2, words.3].flatMap { word in
        let word = UInt32(bigEndian: word)
        return [UInt16(word >> 16), UInt16(truncatingIfNeeded: word)]
      }
      // Only addresses of a link need to say which.
      return .ipv6(groups: groups, port: port, scope: groups[0] & 0xffc0 == 0xfe80 ? scope : 0)
    default: return nil
    }
  }
}

// MARK: unix

extension SocketRecord {
  /// From `struct unix_diag_msg` and what follows it.
  init(unix bytes: NetlinkBytes) throws(NetlinkError) {
    let message = try bytes.load(unix_diag_msg.self)
    inode = UInt64(message.udiag_ino)
    kind = .unix
    facts = SocketFacts(protocolName: Self.unixName(Int32(message.udiag_type)))
    facts.state = TCPState(rawValue: message.udiag_state)
    let attributes = try NetlinkAttribute.all(
      in: bytes.rest(at: MemoryLayout<unix_diag_msg>.size))
    for attribute in attributes {
      switch attribute.type {
      case UNIX_DIAG_NAME: setName(attribute.value.array)
      case UNIX_DIAG_VFS:
        boundInode = try attribute.value.load(unix_diag_vfs.self).udiag_vfs_ino
      case UNIX_DIAG_PEER:
        facts.peer = UInt64(try attribute.value.load(UInt32.self))
      case UNIX_DIAG_RQLEN:
        let lengths = try attribute.value.load(unix_diag_rqlen.self)
        facts.receiveQueue = lengths.udiag_rqueue
        facts.sendQueue = lengths.udiag_wqueue
      case UNIX_DIAG_UID:
        facts.user = try attribute.value.load(UInt32.self)
      default: break
      }
    }
  }

  private mutating func setName(_ name: [UInt8]) {
    guard !name.isEmpty else { return }
    facts.isAbstract = name[0] == 0
    facts.local = .unix(SocketAddress.unixPath(name))
  }

  static func unixName(_ type: Int32) -> String {
    switch type {
    case Int32(SOCK_STREAM.rawValue): "unix stream"
    case Int32(SOCK_DGRAM.rawValue): "unix datagram"
    case Int32(SOCK_SEQPACKET.rawValue): "unix seqpacket"
    default: "unix"
    }
  }
}

// MARK: netlink, packet, vsock

extension SocketRecord {
  /// From `struct netlink_diag_msg`.
  init(netlink bytes: NetlinkBytes) throws(NetlinkError) {
    let message = try bytes.load(netlink_diag_msg.self)
    inode = UInt64(message.ndiag_ino)
    kind = .netlink
    facts = SocketFacts(protocolName: Self.netlinkName(Int(message.ndiag_protocol)))
    facts.local = .netlink(port: message.ndiag_portid, groups: 0)
  }

  /// By the NETLINK_* numbers of <linux/netlink.h>.
  static func netlinkName(_ number: Int) -> String {
    let names: KeyValuePairs<Int32, String> = [
      NETLINK_ROUTE: "route", NETLINK_USERSOCK: "usersock", NETLINK_SOCK_DIAG: "sock_diag",
      NETLINK_XFRM: "xfrm", NETLINK_SELINUX: "selinux", NETLINK_AUDIT: "audit",
      NETLINK_FIB_LOOKUP: "fib_lookup", NETLINK_CONNECTOR: "connector",
      NETLINK_NETFILTER: "netfilter", NETLINK_KOBJECT_UEVENT: "uevent",
      NETLINK_GENERIC: "generic", NETLINK_CRYPTO: "crypto",
    ]
    return "netlink " + (names.first { Int($0.key) == number }?.value ?? "\(number)")
  }

  /// From `struct packet_diag_msg`.
  init(packet bytes: NetlinkBytes) throws(NetlinkError) {
    let message = try bytes.load(packet_diag_msg.self)
    inode = UInt64(message.pdiag_ino)
    kind = .other
    facts = SocketFacts(protocolName: "packet")
  }

  /// From `struct vsock_diag_msg`.
  init(vsock bytes: NetlinkBytes) throws(NetlinkError) {
    let message = try bytes.load(vsock_diag_msg.self)
    inode = UInt64(message.vdiag_ino)
    kind = .other
    facts = SocketFacts(protocolName: "vsock")
    facts.state = TCPState(rawValue: message.vdiag_state)
  }
}
