import FDTrackFormat
import Glibc
import Testing

@testable import TraceBytes
@testable import TraceModel

@Suite("What is no trace is refused in one clear line")
struct RefusalTests {
  private func error(path: String) -> TraceError? {
    do throws(TraceError) {
      _ = try Trace(path: path)
      return nil
    } catch { return error }
  }

  private func error(_ change: (inout TraceBuilder) -> Void) -> TraceError? {
    var builder = TraceBuilder.sample()
    change(&builder)
    return error(bytes: builder.file)
  }

  private func error(bytes: [UInt8]) -> TraceError? {
    do throws(TraceError) {
      _ = try Trace(TraceBytes(bytes))
      return nil
    } catch { return error }
  }

  private func withTemporary(_ bytes: [UInt8], _ body: (String) throws -> Void) rethrows {
    var name = Array("/tmp/fdtrack-test-XXXXXX".utf8CString)
    let fd = mkstemp(&name)
    defer { close(fd) }
    let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    #expect(write(fd, bytes, bytes.count) == bytes.count)
    try body(path)
  }

  @Test("A file that does not exist")
  func missing() { #expect(error(path: "/nonexistent/trace") == .cannotOpen(errno: ENOENT)) }

  @Test("A directory") func directory() { #expect(error(path: "/") == .notAFile("a directory")) }

  @Test("A device") func device() { #expect(error(path: "/dev/null") == .notAFile("a device")) }

  @Test("A FIFO without a writer, at once")
  func fifo() {
    let path = "/tmp/fdtrack-fifo-\(getpid())"
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    #expect(error(path: path) == .notAFile("a FIFO"))
  }

  @Test("An empty file")
  func empty() { withTemporary([]) { #expect(error(path: $0) == .empty) } }

  @Test("A text file, even a short one")
  func text() {
    #expect(error(bytes: Array("hello".utf8)) == .notATrace(offset: 0))
    #expect(error(bytes: [UInt8](repeating: 65, count: 5000)) == .notATrace(offset: 0))
  }

  @Test("A header that is cut")
  func cutHeader() {
    let file = TraceBuilder.sample().file
    #expect(error(bytes: Array(file.prefix(100))) == .truncated(offset: 0, need: 896, have: 100))
  }

  @Test("The other byte order")
  func byteOrder() {
    #expect(
      error { $0.header.byte_order = FDT_BYTE_ORDER.byteSwapped } == .otherByteOrder(offset: 8))
    #expect(error { $0.header.byte_order = 5 } == .notATrace(offset: 8))
  }

  @Test("Another version")
  func version() {
    #expect(
      error { $0.header.version = 9 } == .otherVersion(offset: 12, found: 9, supported: FDT_VERSION)
    )
  }

  @Test("A header that was never finished")
  func notReady() { #expect(error { $0.header.ready = 0 } == .notReady(offset: 40)) }

  @Test("Every refusal is one line")
  func oneLine() {
    let errors: [TraceError] = [
      .cannotOpen(errno: ENOENT), .notAFile("a FIFO"), .cannotRead(offset: 1, errno: EIO), .empty,
      .tooLarge(size: 2, limit: 1), .truncated(offset: 1, need: 2, have: 1),
      .notATrace(offset: 0), .otherByteOrder(offset: 8),
      .otherVersion(offset: 12, found: 2, supported: 1),
      .notReady(offset: 40), .badSection(name: "ring", offset: 1),
    ]
    for error in errors {
      #expect(!error.description.isEmpty && !error.description.contains("\n"))
    }
  }

  @Test("A file on disk reads as the same bytes in memory do")
  func file() throws {
    let builder = TraceBuilder.sample()
    let expected = try builder.read()
    try withTemporary(builder.file) { path in
      let read = try Trace(path: path)
      #expect(read == expected)
    }
  }

  @Test("Holes of a large file are not read into memory")
  func sparse() throws {
    var name = Array("/tmp/fdtrack-sparse-XXXXXX".utf8CString)
    let fd = mkstemp(&name)
    defer { close(fd) }
    unlink(name)
    #expect(ftruncate(fd, 8 << 30) == 0)
    #expect(pwrite(fd, [7], 1, 5 << 30) == 1)
    let bytes = try TraceBytes(path: "/proc/self/fd/\(fd)")
    let part = try bytes.sparse(at: 4096, count: (8 << 30) - 4096)
    var runs: [Int] = []
    part.forEachRun { offset, bytes in runs += [offset, bytes.byteCount] }
    #expect(runs == [(5 << 30) - 4096, SparseBytes.pageSize])
    #expect(try part.load(at: (5 << 30) - 4096, as: UInt8.self) == 7)
    #expect(try part.load(at: 12, as: UInt64.self) == 0)
    #expect(throws: TraceError.self) { try part.load(at: part.count - 3, as: UInt32.self) }
    #expect(throws: TraceError.self) { try part.load(at: -1, as: UInt8.self) }
  }

  @Test("Of bytes that are mostly zeros each is where it was")
  func runs() throws {
    // Two blocks and a part of a page; what is not zero lies in some of the pages.
    let count = 2 * SparseBytes.blockSize + 100
    var bytes = [UInt8](repeating: 0, count: count)
    let places = [0, 5000, 8191, 8192, 65_535, 65_536, 70_000, 131_071, 131_072, count - 1]
    for (number, place) in places.enumerated() { bytes[place] = UInt8(number + 1) }
    let part = SparseBytes(bytes)
    #expect(part.copy(0..<count) == bytes)
    #expect(part.copy(4000..<70_001) == Array(bytes[4000..<70_001]))
    for place in places {
      #expect(try part.load(at: place, as: UInt8.self) == bytes[place])
      // Across the ends of pages.
      let start = max(0, min(place - 3, count - 8))
      let word = bytes[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      #expect(try part.load(at: start, as: UInt64.self) == word)
    }
    var joined = [UInt8](repeating: 0, count: count)
    var lengths: [Int] = []
    part.forEachRun { offset, run in
      lengths.append(run.byteCount)
      run.withUnsafeBytes { joined.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }
    #expect(joined == bytes)
    #expect(lengths == [3 * 4096, 4096, 2 * 4096, 4096, 100])
    #expect(part.withPage(at: 20_000) { _, _ in } == nil)
  }
}
