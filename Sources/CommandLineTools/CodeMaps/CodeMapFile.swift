import Glibc
import Symbolication

/// A perf map that is read as it grows: each part once, but for addresses that are asked for later.
struct CodeMapFile {
  /// One way through the file, for some addresses.
  private struct Scan {
    var addresses: Set<UInt64>
    var names: PerfMap
    /// Bytes that were read.
    var end = 0
    /// The last of them.
    var last: [UInt8] = []

    init(_ addresses: Set<UInt64>) {
      (self.addresses, names) = (addresses, PerfMap(wanted: addresses))
    }
  }

  private struct Identity: Equatable {
    var device: dev_t
    var inode: ino_t
  }

  /// Where it was found.
  private(set) var path = ""
  /// Over all ways through it.
  private(set) var bytesRead = 0
  private var identity: Identity?
  /// The one that was at the end of the file, and goes on there as it grows.
  private var latest: Scan?
  /// The one for addresses that were asked for since then, which joins the other where that is.
  private var catchingUp: Scan?

  /// Bytes that are held against the file, to see that it only grew.
  private static let seam = 64

  /// Whether it was read to its end once.
  var isRead: Bool { latest != nil }

  /// The same for an address. Before, nothing is known of that: more
  /// code may have been made there.
  func isRead(for address: UInt64) -> Bool { latest?.addresses.contains(address) == true }

  func isRead(for addresses: Set<UInt64>) -> Bool {
    latest.map { addresses.isSubset(of: $0.addresses) } == true
  }

  /// What it says of an address that it was read for.
  func entry(at address: UInt64) -> PerfMap.Entry? { latest?.names.entry(at: address) }

  var namesAny: Bool { latest?.names.isEmpty == false }

  /// Reads on, as far as there is room, what was found at `path` and is open as `fd`: from its
  /// beginning where it is another file than before, or was written anew. What cannot be read
  /// names nothing.
  mutating func read(
    _ fd: Int32, path: String, for addresses: Set<UInt64>, _ room: inout Int
  ) {
    var status = stat()
    guard fstat(fd, &status) == 0 else { return }
    let now = Identity(device: status.st_dev, inode: status.st_ino)
    if now != identity || !isContinued(fd) { startAnew() }
    (identity, self.path) = (now, path)
    do throws(ReadFailure) {
      if var scan = latest {
        latest = nil
        _ = try follow(&scan, fd, upTo: .max, &room)
        latest = scan
      }
      try catchUp(addresses, fd, &room)
    } catch {
      startAnew()
    }
  }

  private mutating func startAnew() {
    (identity, latest, catchingUp) = (nil, nil, nil)
  }

  private mutating func catchUp(
    _ addresses: Set<UInt64>, _ fd: Int32, _ room: inout Int
  ) throws(ReadFailure) {
    let new = latest.map { addresses.subtracting($0.addresses) } ?? addresses
    guard var scan = catchingUp ?? (new.isEmpty ? nil : Scan(new)) else { return }
    catchingUp = nil
    let isAtEnd = try follow(&scan, fd, upTo: latest?.end ?? .max, &room)
    guard var joined = latest else {
      if isAtEnd { latest = scan } else { catchingUp = scan }
      return
    }
    guard scan.end == joined.end else {
      catchingUp = scan
      return
    }
    latest = nil
    joined.addresses.formUnion(scan.addresses)
    joined.names.add(scan.names)
    latest = joined
  }

  /// - Returns: whether it is at `end`, or at that of the file.
  private mutating func follow(
    _ scan: inout Scan, _ fd: Int32, upTo end: Int, _ room: inout Int
  ) throws(ReadFailure) -> Bool {
    lseek(fd, off_t(scan.end), SEEK_SET)
    while scan.end < end, room > 0 {
      let chunk = try InputFile.chunk(fd, atMost: min(end - scan.end, room))
      if chunk.isEmpty { return true }
      scan.names.read(chunk)
      scan.end += chunk.count
      scan.last = Array((scan.last + chunk.suffix(Self.seam)).suffix(Self.seam))
      bytesRead += chunk.count
      room -= chunk.count
    }
    return scan.end >= end
  }

  private func isContinued(_ fd: Int32) -> Bool {
    guard let scan = latest ?? catchingUp else { return true }
    var last = [UInt8](repeating: 0, count: scan.last.count)
    let count = pread(fd, &last, last.count, off_t(scan.end - last.count))
    return count == last.count && last == scan.last
  }
}
