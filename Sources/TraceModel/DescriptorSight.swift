/// What the kernel tells of an open descriptor of a process that lives.
public struct DescriptorSight: Equatable, Sendable {
  public var fd: Int
  public var kind: DescriptorKind
  /// A path, or another name.
  public var name: String?
  public var tcpState: TCPState?
  public var local: SocketAddress?
  public var remote: SocketAddress?

  public init(fd: Int, kind: DescriptorKind) { (self.fd, self.kind) = (fd, kind) }
}

/// The table of descriptors of a process that lives, as the kernel has it.
public struct TableSight: Equatable, Sendable {
  /// All that were open.
  public var open: Set<Int>
  /// Those that the trace did not know.
  public var unknown: [DescriptorSight]

  public init(open: Set<Int>, unknown: [DescriptorSight] = []) {
    (self.open, self.unknown) = (open, unknown)
  }
}
