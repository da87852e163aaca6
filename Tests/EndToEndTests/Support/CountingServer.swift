import Foundation

/// A port of the loopback interface whose server counts requests and answers none. Connections
/// without a request are none: a browser makes some ahead of what its policy then refuses.
final class CountingServer {
  let port: Int
  private let fd: Int32
  private let visits = Visits()

  private final class Visits: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    func add() { lock.withLock { count += 1 } }
    func take() -> Int {
      lock.withLock {
        defer { count = 0 }
        return count
      }
    }
  }

  init() throws {
    let (fd, port) = try boundSocket()
    (self.fd, self.port) = (fd, port)
    guard listen(fd, 64) == 0 else { throw TestFailure("no listener: errno \(errno)") }
    Thread.detachNewThread { [visits] in
      while case let connection = accept(fd, nil, nil), connection >= 0 {
        Thread.detachNewThread {
          var byte: UInt8 = 0
          if recv(connection, &byte, 1, 0) == 1 { visits.add() }
          close(connection)
        }
      }
      close(fd)
    }
  }

  // Ends the accept, and with it the thread.
  deinit { shutdown(fd, Int32(SHUT_RDWR)) }

  /// Whether anybody asked for anything since the last question.
  func wasAsked() -> Bool { visits.take() > 0 }
}
