import TraceModel

/// Something about a process's descriptors that is likely wrong, or explains what is.
public enum InspectionFinding: Equatable, Sendable {
  /// The peers have closed their end, and the process has not.
  case peersClosed(fds: [Int])
  /// At least 80 percent of the limit is in use.
  case nearLimit(count: Int, limit: UInt64)
  /// More at nearly each look.
  case growing(group: DescriptorGroup.Key?, by: Int)
  /// Others hold the same listening sockets, or bound ones of udp: their addresses stay in use
  /// until all have closed them. The holders' numbers are those of all of the sockets.
  case sharedListeners([Listener], holders: [Holder])
  /// Other sockets listen at the same address, too (SO_REUSEPORT).
  case sharedPort(fd: Int, address: SocketAddress, holders: [Holder])
  /// As many connections wait for accept(2) as may.
  case fullBacklog(fd: Int, address: SocketAddress, waiting: UInt32, limit: UInt32)
  /// Files without a name: their room is free only when they are closed.
  case deletedFiles(fds: [Int], bytes: UInt64)
  /// Listeners that nobody can find: their path was removed, or leads to another.
  case unlinkedListeners(fds: [Int])
  /// Pipes whose other end nobody holds, as far as could be seen.
  case pipesWithoutPeer(fds: [Int])
  /// Watches of an epoll instance on numbers that are not what they were.
  case staleWatches(fd: Int, numbers: [Int])
  /// Descriptors that wait inside of a socket for somebody to receive them.
  case inFlight(fd: Int, count: Int)
}

extension InspectionFinding {
  /// A socket that occupies an address.
  public struct Listener: Equatable, Sendable {
    public var fd: Int
    public var address: SocketAddress

    public init(fd: Int, address: SocketAddress) {
      self.fd = fd
      self.address = address
    }
  }

  /// The stable name used in JSON.
  public var name: String {
    switch self {
    case .peersClosed: "peers_closed"
    case .nearLimit: "near_limit"
    case .growing: "growing"
    case .sharedListeners: "shared_listeners"
    case .sharedPort: "shared_port"
    case .fullBacklog: "full_backlog"
    case .deletedFiles: "deleted_files"
    case .unlinkedListeners: "unlinked_listeners"
    case .pipesWithoutPeer: "pipes_without_peer"
    case .staleWatches: "stale_watches"
    case .inFlight: "in_flight"
    }
  }

  /// The descriptors that it is about.
  public var fds: [Int] {
    switch self {
    case .peersClosed(let fds), .deletedFiles(let fds, _), .unlinkedListeners(let fds),
      .pipesWithoutPeer(let fds):
      fds
    case .sharedListeners(let listeners, _): listeners.map(\.fd)
    case .sharedPort(let fd, _, _), .fullBacklog(let fd, _, _, _),
      .staleWatches(let fd, _), .inFlight(let fd, _):
      [fd]
    case .nearLimit, .growing: []
    }
  }

  /// Others that it is about.
  public var holders: [Holder] {
    switch self {
    case .sharedListeners(_, let holders), .sharedPort(_, _, let holders): holders
    default: []
    }
  }
}
