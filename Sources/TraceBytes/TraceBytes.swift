import Glibc
import SystemPackage

/// Owns the bytes of a trace and lends them out.
///
/// A file is read with pread(2), never mapped: a trace may still be written,
/// replaced or cut while it is read, and a mapping that shrinks kills its reader
/// with SIGBUS. What is not asked for is not read, and holes are skipped, so a
/// large and mostly empty trace costs what it holds.
///
/// Not for use by several threads at once.
public struct TraceBytes: ~Copyable {
  /// No trace is larger; keeps what is derived from sizes within bounds.
  public static let sizeLimit: UInt64 = 64 << 30

  /// Bytes when it was opened.
  public let size: UInt64

  private enum Source {
    case file(FileDescriptor)
    case memory([UInt8])
  }
  private let source: Source

  /// Opens a regular file. Throws `cannotOpen`, `notAFile`, `empty`, `tooLarge`.
  /// Never blocks, not even on a FIFO.
  public init(path: String) throws(TraceError) {
    let file: FileDescriptor
    do {
      file = try FileDescriptor.open(
        FilePath(path), .readOnly, options: [.nonBlocking, .closeOnExec])
    } catch {
      throw .cannotOpen(errno: (error as? Errno)?.rawValue ?? 0)
    }
    let size: UInt64
    do throws(TraceError) {
      size = try Self.checkedSize(of: file)
    } catch {
      try? file.close()
      throw error
    }
    self.size = size
    source = .file(file)
  }

  /// Takes bytes that are in memory already. Throws `empty`.
  public init(_ bytes: [UInt8]) throws(TraceError) {
    guard !bytes.isEmpty else { throw .empty }
    size = UInt64(bytes.count)
    source = .memory(bytes)
  }

  deinit {
    if case .file(let file) = source { try? file.close() }
  }

  /// Throws `truncated` when the file has become shorter than it was when it was opened: what is
  /// read of the rest may still be whole, and tells nothing of what was cut off.
  public borrowing func checkLength() throws(TraceError) {
    guard case .file(let file) = source else { return }
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { throw .cannotRead(offset: 0, errno: errno) }
    let now = UInt64(clamping: status.st_size)
    guard now >= size else { throw .truncated(offset: 0, need: size, have: now) }
  }

  /// Reads `count` bytes from `offset` on, leaving out what holds only zeros.
  /// Throws `truncated` and `cannotRead`.
  public borrowing func sparse(at offset: UInt64, count: Int) throws(TraceError) -> SparseBytes {
    guard count >= 0 && offset <= size && UInt64(count) <= size - offset else {
      throw .truncated(
        offset: offset, need: UInt64(max(count, 0)), have: offset < size ? size - offset : 0)
    }
    var blocks: [SparseBytes.Block] = []
    blocks.reserveCapacity((count + SparseBytes.blockSize - 1) / SparseBytes.blockSize)
    var dataFrom = offset
    var position = 0
    while position < count {
      let length = min(SparseBytes.blockSize, count - position)
      let start = offset + UInt64(position)
      let end = start + UInt64(length)
      if dataFrom < end { dataFrom = nextData(from: start) }
      if dataFrom >= end {
        blocks.append(.empty)
      } else {
        blocks.append(SparseBytes.Block(try read(at: start, count: length)))
        if dataFrom < end { dataFrom = start }
      }
      position += length
    }
    return SparseBytes(base: offset, count: count, blocks: blocks)
  }

  /// SEEK_DATA of lseek(2), which swift-system names on other systems only.
  private static let nextDataOrigin = FileDescriptor.SeekOrigin(rawValue: 3)

  /// Where the file holds data at or after `offset`; `offset` itself when it
  /// cannot tell. Beyond the end when there is none.
  private borrowing func nextData(from offset: UInt64) -> UInt64 {
    guard case .file(let file) = source, let from = Int64(exactly: offset) else { return offset }
    do {
      return UInt64(clamping: try file.seek(offset: from, from: Self.nextDataOrigin))
    } catch {
      return (error as? Errno) == .noSuchAddressOrDevice ? .max : offset
    }
  }

  private borrowing func read(at offset: UInt64, count: Int) throws(TraceError) -> [UInt8] {
    guard count >= 0 && offset <= size && UInt64(count) <= size - offset else {
      throw .truncated(
        offset: offset, need: UInt64(max(count, 0)), have: offset < size ? size - offset : 0)
    }
    switch source {
    case .memory(let bytes):
      return Array(bytes[Int(offset)..<Int(offset) + count])
    case .file(let file):
      var failure: TraceError?
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = 0
        while filled < count {
          let rest = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count])
          do {
            let got = try file.read(fromAbsoluteOffset: Int64(offset) + Int64(filled), into: rest)
            guard got > 0 else {
              failure = .truncated(offset: offset, need: UInt64(count), have: UInt64(filled))
              return
            }
            filled += got
          } catch {
            failure = .cannotRead(
              offset: offset + UInt64(filled), errno: (error as? Errno)?.rawValue ?? 0)
            return
          }
        }
      }
      if let failure { throw failure }
      return bytes
    }
  }

  private static func checkedSize(of file: FileDescriptor) throws(TraceError) -> UInt64 {
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { throw .cannotOpen(errno: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .notAFile("a directory")
    case S_IFIFO: throw .notAFile("a FIFO")
    case S_IFCHR, S_IFBLK: throw .notAFile("a device")
    default: throw .notAFile("a special file")
    }
    let size = UInt64(clamping: status.st_size)
    guard size > 0 else { throw .empty }
    guard size <= sizeLimit else { throw .tooLarge(size: size, limit: sizeLimit) }
    return size
  }
}
