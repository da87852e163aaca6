import Glibc
import LinuxCalls
import SystemPackage

/// Asks the kernel for its sockets (sock_diag(7)), which needs no privilege.
struct SockDiag: ~Copyable {
  private let fd: Int32
  private var sequence: UInt32 = 0

  /// Seconds that the kernel may take for one answer.
  private static let patience: Int32 = 10

  /// Opens a socket in a network namespace, or in this program's own. The former needs
  /// CAP_SYS_ADMIN.
  init(network: Int32? = nil) throws(Errno) {
    fd = linux_sock_diag(network ?? -1, Self.patience)
    guard fd >= 0 else { throw Errno(rawValue: errno) }
  }

  deinit { close(fd) }

  /// Calls `body` with each socket of a table, in no order.
  ///
  /// - Throws: ENOENT where the kernel has no such table, ETIMEDOUT where it takes too long,
  ///   EBADMSG for an answer that makes no sense, and what the kernel refuses with.
  mutating func forEach(in table: SocketTable, _ body: (SocketRecord) -> Void) throws(Errno) {
    sequence &+= 1
    try send(table.request)
    let expected = sequence
    while true {
      let answer = try receive()
      var end: Result<Void, Errno>?
      do throws(NetlinkError) {
        try NetlinkMessage.forEach(in: NetlinkBytes(answer)) { message throws(NetlinkError) in
          // What is left of an earlier request that failed midway.
          guard message.sequence == expected else { return true }
          switch Int32(message.type) {
          case NLMSG_DONE, NLMSG_ERROR:
            end = try Self.end(message)
            return false
          case NLMSG_NOOP, NLMSG_OVERRUN: return true
          default:
            body(try table.record(message.payload))
            return true
          }
        }
      } catch {
        throw .badMessage
      }
      if let end { return try end.get() }
    }
  }

  /// Both ends of an answer may hold a negative errno; that of a dump may hold nothing at all.
  private static func end(_ message: NetlinkMessage) throws(NetlinkError) -> Result<Void, Errno> {
    if Int32(message.type) == NLMSG_DONE, message.payload.count < 4 { return .success(()) }
    let error = try message.payload.load(Int32.self)
    return error < 0 && error > -4096 ? .failure(Errno(rawValue: -error)) : .success(())
  }

  private borrowing func send(_ request: [UInt8]) throws(Errno) {
    var header = nlmsghdr()
    header.nlmsg_len = UInt32(MemoryLayout<nlmsghdr>.size + request.count)
    header.nlmsg_type = UInt16(SOCK_DIAG_BY_FAMILY)
    header.nlmsg_flags = UInt16(NLM_F_REQUEST | NLM_F_DUMP)
    header.nlmsg_seq = sequence
    let bytes = withUnsafeBytes(of: header) { Array($0) } + request
    // Without an address, netlink sends to the kernel.
    guard Glibc.send(fd, bytes, bytes.count, 0) == bytes.count else {
      throw Errno(rawValue: errno)
    }
  }

  /// As large as the kernel ever makes one (netlink(7): 32 KiB), and more.
  private static let receiveSize = 1 << 16

  private borrowing func receive() throws(Errno) -> [UInt8] {
    while true {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: Self.receiveSize) { buffer, filled in
        count = recv(fd, buffer.baseAddress, buffer.count, Int32(MSG_TRUNC))
        filled = max(0, min(count, buffer.count))
      }
      if count > Self.receiveSize { throw .badMessage }
      if count > 0 { return bytes }
      if count == 0 { throw .badMessage }
      if errno == EINTR { continue }
      throw errno == EAGAIN ? .timedOut : Errno(rawValue: errno)
    }
  }
}
