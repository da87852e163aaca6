import Glibc
import LinuxCalls

/// One table of sockets that the kernel keeps, and how each of the two ways to read it names it.
struct SocketTable: Equatable, Sendable {
  /// For people, such as `tcp over IPv6`.
  var name: String
  /// Below `/proc/PID/net`; nil for what has no file there.
  var file: String?
  var form: Form

  enum Form: Equatable {
    case inet(family: Int32, protocol: Int32)
    case unix, netlink, packet, vsock
  }

  static let all: [SocketTable] = {
    let inet: [(String, String, Int32)] = [
      ("tcp", "tcp", Int32(IPPROTO_TCP)), ("udp", "udp", Int32(IPPROTO_UDP)),
      ("udplite", "udplite", Int32(IPPROTO_UDPLITE)), ("raw", "raw", Int32(IPPROTO_RAW)),
    ]
    return inet.flatMap { name, file, number in
      [
        SocketTable(
          name: "\(name) over IPv4", file: file, form: .inet(family: AF_INET, protocol: number)),
        SocketTable(
          name: "\(name) over IPv6", file: file + "6",
          form: .inet(family: AF_INET6, protocol: number)),
      ]
    } + [
      SocketTable(name: "unix", file: "unix", form: .unix),
      SocketTable(name: "netlink", file: "netlink", form: .netlink),
      SocketTable(name: "packet", file: "packet", form: .packet),
      SocketTable(name: "vsock", file: nil, form: .vsock),
    ]
  }()

  var isTCP: Bool {
    guard case .inet(_, let number) = form else { return false }
    return number == IPPROTO_TCP
  }

  /// The request's bytes, all states and what each sort tells beyond the basics.
  var request: [UInt8] {
    switch form {
    case .inet(let family, let number):
      var request = inet_diag_req_v2()
      request.sdiag_family = UInt8(truncatingIfNeeded: family)
      request.sdiag_protocol = UInt8(truncatingIfNeeded: number)
      if number == IPPROTO_TCP { request.idiag_ext = 1 << (UInt8(INET_DIAG_INFO) - 1) }
      request.idiag_states = .max
      return Self.bytes(of: request)
    case .unix:
      var request = unix_diag_req()
      request.sdiag_family = UInt8(AF_UNIX)
      request.udiag_states = .max
      request.udiag_show = UInt32(
        UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID)
      return Self.bytes(of: request)
    case .netlink:
      var request = netlink_diag_req()
      request.sdiag_family = UInt8(AF_NETLINK)
      // NDIAG_PROTO_ALL, which Swift does not import.
      request.sdiag_protocol = .max
      return Self.bytes(of: request)
    case .packet:
      var request = packet_diag_req()
      request.sdiag_family = UInt8(AF_PACKET)
      return Self.bytes(of: request)
    case .vsock:
      var request = vsock_diag_req()
      request.sdiag_family = Self.vsockFamily
      request.vdiag_states = .max
      return Self.bytes(of: request)
    }
  }

  /// AF_VSOCK of <linux/socket.h>.
  private static let vsockFamily: UInt8 = 40

  private static func bytes(of request: some BitwiseCopyable) -> [UInt8] {
    withUnsafeBytes(of: request) { Array($0) }
  }

  /// One answer of sock_diag(7).
  func record(_ bytes: NetlinkBytes) throws(NetlinkError) -> SocketRecord {
    switch form {
    case .inet(_, let number): try SocketRecord(inet: bytes, protocol: number)
    case .unix: try SocketRecord(unix: bytes)
    case .netlink: try SocketRecord(netlink: bytes)
    case .packet: try SocketRecord(packet: bytes)
    case .vsock: try SocketRecord(vsock: bytes)
    }
  }
}
