/// What the kernel tells of a TCP socket of a process that lives.
public struct ConnectionSight: Equatable, Sendable {
  public var inode: UInt64
  public var state: TCPState
  public var local: SocketAddress?
  public var remote: SocketAddress?
  /// For how long nothing had passed, in either direction: when the peer has closed, its end is at
  /// least as old. Nil when the kernel does not tell.
  public var quietNs: UInt64?

  public init(inode: UInt64, state: TCPState) { (self.inode, self.state) = (inode, state) }
}
