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

/// What is known of a socket.
public struct SocketFacts: Equatable, Sendable {
  /// Such as `tcp`, `udp`, `unix stream`, `netlink route`.
  public var protocolName: String
  public var local: SocketAddress?
  public var remote: SocketAddress?
  /// The kernel's state machine, which unix and udp sockets use in part.
  public var state: TCPState?
  /// Of a listener: connections that wait for accept(2). Of others: bytes that wait to be read.
  public var receiveQueue: UInt32?
  /// Of a listener: how many may wait. Of others: bytes that the peer has not acknowledged.
  public var sendQueue: UInt32?
  /// Inode of a unix socket's peer; 0 for one that has been closed.
  public var peer: UInt64?
  /// The name is in no file system (unix(7)).
  public var isAbstract = false
  /// The path that a unix socket was bound to leads to it no more; nil where that is not known.
  public var isUnlinked: Bool?
  /// Milliseconds since a tcp connection last sent or received anything.
  public var idleMs: UInt32?
  public var user: UInt32?

  public init(protocolName: String) { self.protocolName = protocolName }

  public var isListener: Bool { state == .listen }

  /// The other side has closed its end: CLOSE_WAIT, or a unix socket without its peer.
  public var peerHasClosed: Bool {
    state == .closeWait || (peer == 0 && state == .established)
  }
}

/// What the kernel tells of descriptors that are no files.
public enum SpecialFacts: Equatable, Sendable {
  case eventfd(count: UInt64, isSemaphore: Bool)
  case timerfd(TimerFacts)
  case epoll(EpollFacts)
  /// Watches of an inotify, marks of a fanotify instance.
  case watches(Int)
  case signalfd(signals: [Int])
  /// Nil for a process that has ended.
  case pidfd(pid: Int?)
  case ioUring(registeredFiles: Int)
}

/// A timer of timerfd_create(2).
public struct TimerFacts: Equatable, Sendable {
  /// The number of a clock (clock_gettime(2)).
  public var clock: Int?
  /// Expirations that nobody has read.
  public var expirations: UInt64 = 0
  /// Until the next; 0 for a timer that is not set.
  public var remainingNs: UInt64 = 0
  /// Between two; 0 for one that expires once.
  public var intervalNs: UInt64 = 0

  public init() {}
}

/// What an epoll instance waits for.
public struct EpollFacts: Equatable, Sendable {
  public var watches: Int
  /// Numbers that it was given, and that are closed or another file's by now. A duplicate
  /// that is still open keeps the watch.
  public var stale: [Int]
  /// False when there are more than were read.
  public var isWhole: Bool

  public init(watches: Int, stale: [Int] = [], isWhole: Bool = true) {
    self.watches = watches
    self.stale = stale
    self.isWhole = isWhole
  }
}

/// A process that holds something, and by which numbers.
public struct Holder: Equatable, Sendable {
  public var pid: Int
  public var name: String
  public var fds: [Int]

  public init(pid: Int, name: String, fds: [Int]) {
    self.pid = pid
    self.name = name
    self.fds = fds
  }
}
