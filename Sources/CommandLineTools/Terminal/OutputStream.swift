import Glibc
import Reporting
import SystemPackage

/// Writes whole texts to streams that were open at the start, as standard output.
enum OutputStream {
  /// Writes to standard output.
  ///
  /// - Returns: false when nobody reads any more, which is no failure.
  /// - Throws: ``ReportFailure`` for everything else, as a disk that is full.
  static func write(_ text: String) throws(ReportFailure) -> Bool {
    var text = text
    let error = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: STDOUT_FILENO) }
    guard error != 0, error != EPIPE else { return error == 0 }
    throw ReportFailure("standard output: cannot write: \(Errno(rawValue: error))")
  }

  /// Returns errno, 0 when all was written.
  static func writeAll(_ bytes: UnsafeRawBufferPointer, to fd: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(fd, bytes.baseAddress?.advanced(by: done), bytes.count - done)
      if count > 0 {
        done += count
      } else if errno == EAGAIN {
        // A stream that someone else made non-blocking.
        var wait = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}
