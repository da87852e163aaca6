import Foundation

/// Lends a port of the loopback interface to a server that cannot tell which one the kernel
/// chose for it.
///
/// It is bound for as long as `body` runs, so that nobody else gets it, but nobody listens, so
/// that a server may bind it as well: `SO_REUSEADDR`, as servers set it, allows that
/// (socket(7)).
func withPort<Result>(_ body: (Int) throws -> Result) throws -> Result {
  let (fd, port) = try boundSocket()
  defer { close(fd) }
  return try body(port)
}

/// A socket, and the port of the loopback interface that the kernel chose for it.
func boundSocket() throws -> (fd: Int32, port: Int) {
  let fd = try loopbackSocket()
  var address = loopbackAddress(port: 0)
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  var yes: Int32 = 1
  let bound =
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0
    && withSockaddr(&address) { bind(fd, $0, size) == 0 && getsockname(fd, $0, &size) == 0 }
  guard bound else {
    let error = errno
    close(fd)
    throw TestFailure("no free port: errno \(error)")
  }
  return (fd, Int(UInt16(bigEndian: address.sin_port)))
}

/// Whether somebody listens on a port of the loopback interface.
func isServed(port: Int) throws -> Bool {
  let fd = try loopbackSocket()
  defer { close(fd) }
  return connects(fd, to: port)
}

/// Waits until somebody listens on a port.
func waitUntilServed(port: Int) throws {
  try wait(or: "nobody came to serve port \(port)") { try isServed(port: port) }
}

/// Sends `request` to a port and returns all that comes back until the end.
func exchange(_ request: String, port: Int) throws -> String {
  let fd = try loopbackSocket()
  defer { close(fd) }
  var patience = timeval(tv_sec: Int(Launched.patience), tv_usec: 0)
  setsockopt(
    fd, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  guard connects(fd, to: port) else { throw TestFailure("connect: errno \(errno)") }
  let bytes = Array(request.utf8)
  guard send(fd, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
    throw TestFailure("send: errno \(errno)")
  }
  var answer: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let size = recv(fd, &buffer, buffer.count, 0)
    guard size >= 0 else { throw TestFailure("recv: errno \(errno)") }
    if size == 0 { return String(decoding: answer, as: UTF8.self) }
    answer += buffer[..<size]
  }
}

private func loopbackSocket() throws -> Int32 {
  let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
  let fd = socket(AF_INET, type, 0)
  guard fd >= 0 else { throw TestFailure("socket: errno \(errno)") }
  return fd
}

private func connects(_ fd: Int32, to port: Int) -> Bool {
  var address = loopbackAddress(port: port)
  return withSockaddr(&address) {
    connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
  }
}

private func loopbackAddress(port: Int) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  return address
}

private func withSockaddr<Result>(
  _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
) -> Result {
  withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
  }
}
