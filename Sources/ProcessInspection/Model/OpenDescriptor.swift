import TraceModel

/// One open descriptor.
public struct OpenDescriptor: Equatable, Sendable {
  public var fd: Int
  public var kind: DescriptorKind
  /// The link of `/proc/PID/fd`, as the kernel writes it.
  public var link: String
  /// A path or another name, without the kernel's mark for deleted files.
  public var name: String?
  public var access: Access?
  /// FD_CLOEXEC; nil when it could not be read.
  public var closesOnExec: Bool?
  /// Status flags of open(2), without O_CLOEXEC.
  public var flags: UInt32?
  /// Of sockets and pipes, the kernel's number; of files, the file system's.
  public var inode: UInt64?
  /// Of a file: major and minor number in the upper and lower half.
  public var device: UInt64?
  public var position: UInt64?
  /// A character or block device.
  public var isDevice = false
  /// A file none of whose names is left.
  public var isDeleted = false
  /// Bytes on disk or in memory that a deleted file or a memfd keeps.
  public var allocated: UInt64?
  public var socket: SocketFacts?
  public var facts: SpecialFacts?
  /// Descriptors that wait inside of a unix socket for somebody to receive them.
  public var inFlight = 0
  /// Others that hold the same socket, pipe end or file.
  public var sharers: [Holder] = []
  /// Who holds the other end of a pipe, unix socket or connection within this machine. The
  /// process itself is among them where it does.
  public var peers: [Holder] = []

  /// What it may be used for.
  public enum Access: String, Equatable, Sendable {
    case read, write, readWrite = "read_write"
    /// O_PATH: for nothing but naming a file.
    case path
  }

  public init(fd: Int, kind: DescriptorKind, link: String) {
    self.fd = fd
    self.kind = kind
    self.link = link
  }
}
