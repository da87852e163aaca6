import Glibc
import LinuxCalls
import SystemPackage

/// A folder of proc(5) that is held open, so that all that is read through it is of one
/// process: when that is gone, reads fail with ESRCH, whoever has its pid by then.
///
/// No read blocks on what a descriptor leads to, and none is longer than its limit.
struct ProcFolder: ~Copyable {
  private let fd: Int32

  init(path: String) throws(Errno) {
    fd = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard fd >= 0 else { throw Errno(rawValue: errno) }
  }

  private init(fd: Int32) { self.fd = fd }

  deinit { close(fd) }

  /// A folder below.
  borrowing func folder(_ name: String) throws(Errno) -> ProcFolder {
    let found = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard found >= 0 else { throw Errno(rawValue: errno) }
    return ProcFolder(fd: found)
  }

  /// The name of this thread's network namespace.
  static var ownNetwork: String? {
    try? ProcFolder(path: "/proc/thread-self").link("ns/net")
  }

  /// Opens what a link of the kernel's own leads to, such as `ns/net`. The caller closes it.
  borrowing func open(_ name: String) throws(Errno) -> Int32 {
    let found = openat(fd, name, O_RDONLY | O_CLOEXEC)
    guard found >= 0 else { throw Errno(rawValue: errno) }
    return found
  }

  /// A file's bytes, of which `isWhole` tells whether they are all.
  struct Contents: Equatable {
    var bytes: [UInt8]
    var isWhole: Bool

    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// Reads a file, up to `limit` bytes.
  borrowing func contents(of name: String, limit: Int = 1 << 16) throws(Errno) -> Contents {
    let file = try open(name)
    defer { close(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: min(limit, 1 << 16))
    while bytes.count < limit {
      let count = read(file, &block, block.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Errno(rawValue: errno) }
      if count == 0 { return Contents(bytes: bytes, isWhole: true) }
      bytes += block[..<count]
    }
    return Contents(bytes: bytes, isWhole: false)
  }

  /// What a link says; the kernel writes no more than a page.
  borrowing func link(_ name: String) throws(Errno) -> String {
    try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 14) { bytes in
      let count = bytes.baseAddress.map { readlinkat(fd, name, $0, bytes.count) } ?? -1
      guard count >= 0 else { return Result<String, Errno>.failure(Errno(rawValue: errno)) }
      return .success(
        String(decoding: UnsafeRawBufferPointer(bytes).prefix(count), as: UTF8.self))
    }.get()
  }

  /// What a descriptor of the process leads to; nil when it is not open, or no more.
  borrowing func link(ofDescriptor number: Int) throws(Errno) -> String? {
    do throws(Errno) {
      return try link("fd/\(number)")
    } catch .noSuchFileOrDirectory {
      return nil
    }
  }

  /// Facts of a file, or of what a link leads to.
  borrowing func status(of name: String, following: Bool = true) throws(Errno) -> FileStatus {
    var status = linux_file_status()
    guard linux_status(fd, name, following ? 1 : 0, &status) == 0 else {
      throw Errno(rawValue: errno)
    }
    return FileStatus(status)
  }

  /// The same for an absolute path, resolved in a process's own root folder, which `root` is a
  /// link to.
  borrowing func status(of path: String, inRoot root: String) throws(Errno) -> FileStatus {
    let folder = try open(root)
    defer { close(folder) }
    var status = linux_file_status()
    guard linux_status_in_root(folder, path, &status) == 0 else { throw Errno(rawValue: errno) }
    return FileStatus(status)
  }

  /// A path that leads to `name` through this very folder, for calls that take nothing else.
  borrowing func path(of name: String) -> String { "/proc/self/fd/\(fd)/\(name)" }

  /// The names of a folder's entries that are numbers, ascending.
  borrowing func numbers(in name: String = ".") throws(Errno) -> [Int] {
    let list = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard list >= 0 else { throw Errno(rawValue: errno) }
    guard let stream = fdopendir(list) else {
      let error = errno
      close(list)
      throw Errno(rawValue: error)
    }
    defer { closedir(stream) }
    var numbers: [Int] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw Errno(rawValue: errno) }
        return numbers.sorted()
      }
      if let number = Self.number(entry) { numbers.append(number) }
    }
  }

  private static func number(_ entry: UnsafeMutablePointer<dirent>) -> Int? {
    withUnsafeBytes(of: &entry.pointee.d_name) { name in
      let digits = name.prefix { $0 != 0 }
      guard !digits.isEmpty, digits.count < 12 else { return nil }
      var number = 0
      for digit in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        number = number * 10 + Int(digit - UInt8(ascii: "0"))
      }
      return number
    }
  }
}

/// What statx(2) tells of a file.
struct FileStatus: Equatable, Sendable {
  enum Kind: Equatable {
    case file, folder, characterDevice, blockDevice, pipe, socket, link, other
  }

  var kind: Kind
  /// Names that it has; 0 for a deleted one.
  var links: UInt32
  var inode: UInt64
  /// Major and minor number in the upper and lower half.
  var device: UInt64
  /// The same, of a device file.
  var ownDevice: UInt64
  var size: UInt64
  /// Bytes on disk.
  var allocated: UInt64
  /// What the owner may do: on links of `/proc/PID/fd`, what the descriptor may.
  var ownerReads: Bool
  var ownerWrites: Bool

  init(_ status: linux_file_status) {
    let mode = mode_t(status.mode)
    kind =
      switch mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      case S_IFLNK: .link
      default: .other
      }
    links = status.links
    inode = status.inode
    device = status.device
    ownDevice = status.own_device
    size = status.size
    allocated = status.allocated
    ownerReads = mode & S_IRUSR != 0
    ownerWrites = mode & S_IWUSR != 0
  }
}
