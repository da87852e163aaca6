import TraceModel

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
