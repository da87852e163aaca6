import Glibc
import Reporting
import SystemPackage

/// Reads files that a report is held against.
enum InputFile {
  /// The bytes of a regular file of `limit` bytes at most.
  ///
  /// - Throws: ``ReportFailure`` with the path, the reason, and what to do where that can be told.
  static func bytes(at path: String, limit: Int) throws(ReportFailure) -> [UInt8] {
    let fd = try open(path)
    defer { close(fd) }
    var bytes: [UInt8] = []
    while true {
      let chunk = try read(fd, path)
      if chunk.isEmpty { return bytes }
      guard chunk.count <= limit - bytes.count else {
        throw failure(path, "is larger than \(limit >> 20) MiB; is it the right file?")
      }
      bytes += chunk
    }
  }

  /// Opens a regular file; never waits, as for the writer of a FIFO.
  static func open(_ path: String) throws(ReportFailure) -> Int32 {
    let fd = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard fd >= 0 else { throw failure(path, Errno(rawValue: errno).description) }
    var status = stat()
    guard fstat(fd, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(fd)
      throw failure(path, "is not a regular file; copy its content into one")
    }
    return fd
  }

  /// The next bytes; none at the end.
  static func read(_ fd: Int32, _ path: String) throws(ReportFailure) -> [UInt8] {
    do throws(ReadFailure) {
      return try chunk(fd)
    } catch {
      throw failure(path, error.reason)
    }
  }

  /// As `read`, for who names the file later; `limit` bytes at most.
  static func chunk(_ fd: Int32, atMost limit: Int = 1 << 16) throws(ReadFailure) -> [UInt8] {
    var error: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: min(limit, 1 << 16)) { buffer, filled in
      var count = 0
      repeat {
        count = Glibc.read(fd, buffer.baseAddress, min(limit, buffer.count))
        error = count < 0 ? errno : 0
      } while error == EINTR
      filled = max(count, 0)
    }
    guard error == 0 else { throw ReadFailure(Errno(rawValue: error).description) }
    return chunk
  }

  /// The absolute path of a folder; one that is absolute need not be on this machine.
  static func folder(_ path: String) throws(ReportFailure) -> String {
    guard !path.hasPrefix("/") else { return path }
    guard let real = realpath(path, nil) else {
      throw failure(path, Errno(rawValue: errno).description)
    }
    defer { free(real) }
    return String(cString: real)
  }

  static func failure(_ path: String, _ reason: String) -> ReportFailure {
    ReportFailure("\(VisibleText.escaped(path)): \(reason)")
  }
}

/// Why bytes could not be read; what follows a file's name in a sentence.
struct ReadFailure: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}
