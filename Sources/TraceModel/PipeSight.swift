/// What proc(5) tells of a pipe of which a process that lives has one end, and another process the
/// other one.
public struct PipeSight: Equatable, Sendable {
  public var inode: UInt64

  public init(inode: UInt64) { self.inode = inode }
}
