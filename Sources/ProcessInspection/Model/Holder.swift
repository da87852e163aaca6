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
