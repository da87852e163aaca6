/// RLIMIT_NOFILE: one more than the highest number that a descriptor may get. Nil is unlimited.
public struct DescriptorLimit: Equatable, Sendable {
  public var soft: UInt64?
  public var hard: UInt64?

  public init(soft: UInt64?, hard: UInt64?) {
    self.soft = soft
    self.hard = hard
  }
}
