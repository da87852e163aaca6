import Glibc
import LinuxCalls
import TraceModel

/// Reads the tables of `/proc/PID/net` (proc_pid_net(5)), for sockets that sock_diag(7) does
/// not tell of. They know less, and their names are not escaped: a name with a newline in it
/// looks like two lines.
extension SocketRecord {
  /// One line that is not the table's header; nil when it makes no sense.
  init?(line: Substring, of table: SocketTable) {
    switch table.form {
    case .inet(let family, let number):
      self.init(inetLine: line, isIPv6: family == AF_INET6, protocol: number)
    case .unix: self.init(unixLine: line)
    case .netlink: self.init(netlinkLine: line)
    case .packet:
      let fields = line.split(separator: " ")
      guard fields.count == 9, let inode = UInt64(fields[8]) else { return nil }
      self.init(inode: inode, kind: .other, facts: SocketFacts(protocolName: "packet"))
    case .vsock: return nil
    }
  }

  /// `0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 12345 …`
  private init?(inetLine line: Substring, isIPv6: Bool, protocol number: Int32) {
    let fields = line.split(separator: " ")
    guard fields.count >= 10, let local = Self.address(fields[1], isIPv6: isIPv6),
      let remote = Self.address(fields[2], isIPv6: isIPv6),
      let state = UInt8(fields[3], radix: 16), let inode = UInt64(fields[9])
    else { return nil }
    let queues = fields[4].split(separator: ":")
    var facts = SocketFacts(protocolName: Self.name(of: number))
    facts.local = local.address
    facts.remote = remote.port == 0 ? nil : remote.address
    facts.state = TCPState(rawValue: state)
    if queues.count == 2 {
      // Of a listener, the first is always 0.
      facts.sendQueue = facts.isListener ? nil : UInt32(queues[0], radix: 16)
      facts.receiveQueue = UInt32(queues[1], radix: 16)
    }
    facts.user = UInt32(fields[7])
    let kind: DescriptorKind =
      switch number {
      case Int32(IPPROTO_TCP): .tcp
      case Int32(IPPROTO_RAW): .other
      default: .udp
      }
    self.init(inode: inode, kind: kind, facts: facts)
  }

  /// Hexadecimal words as this machine's memory holds them, which are in network byte order;
  /// the port in that of people.
  private static func address(
    _ text: Substring, isIPv6: Bool
  ) -> (address: SocketAddress, port: UInt16)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == (isIPv6 ? 32 : 8),
      let port = UInt16(parts[1], radix: 16)
    else { return nil }
    var words: [UInt32] = []
    var rest = parts[0]
    while !rest.isEmpty {
      guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
      words.append(UInt32(bigEndian: word))
      rest = rest.dropFirst(8)
    }
    if !isIPv6 { return (.ipv4(address: words[0], port: port), port) }
    let groups = words.flatMap { [UInt16($0 >> 16), UInt16(truncatingIfNeeded: $0)] }
    return (.ipv6(groups: groups, port: port, scope: 0), port)
  }

  /// `0000000000000000: 00000002 00000000 00010000 0001 01 12345 /run/x.sock`
  private init?(unixLine line: Substring) {
    let fields = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: true)
    guard fields.count >= 7, fields[0].hasSuffix(":"), let flags = UInt32(fields[3], radix: 16),
      let type = Int32(fields[4], radix: 16), let inode = UInt64(fields[6])
    else { return nil }
    var facts = SocketFacts(protocolName: Self.unixName(type))
    facts.state = Self.unixState(fields[5], flags: flags)
    if fields.count == 8, let first = fields[7].first {
      facts.local = .unix(String(fields[7]))
      facts.isAbstract = first == "@"
    }
    self.init(inode: inode, kind: .unix, facts: facts)
  }

  /// The column is `enum socket_state` of <linux/net.h>, which has no listening: that is
  /// __SO_ACCEPTCON in the flags.
  private static func unixState(_ column: Substring, flags: UInt32) -> TCPState? {
    if flags & 0x10000 != 0 { return .listen }
    return column == "03" ? .established : TCPState(rawValue: 7)
  }

  /// `00000000c69612ed 0 812 00000001 0 0 0 2 0 12345`
  private init?(netlinkLine line: Substring) {
    let fields = line.split(separator: " ")
    guard fields.count >= 10, let number = Int(fields[1]), let port = UInt32(fields[2]),
      let groups = UInt32(fields[3], radix: 16), let inode = UInt64(fields[9])
    else { return nil }
    var facts = SocketFacts(protocolName: Self.netlinkName(number))
    facts.local = .netlink(port: port, groups: groups)
    self.init(inode: inode, kind: .netlink, facts: facts)
  }
}
