extension Report {
  /// A wrong use of descriptors.
  public struct Misuse: Equatable, Sendable {
    /// Such as `double_close`.
    public var kind: String
    public var process: Int
    /// The lowest of the numbers that it was done to.
    public var fd: Int
    /// The highest.
    public var lastFd: Int
    public var count: UInt64
    /// The function that was wrongly called.
    public var api: String
    public var stack: Stack
    public var openedAt: Stack?
    /// The close before.
    public var closedAt: Stack?
    /// Where the owner of the descriptor met the consequence.
    public var noticedAt: Stack?
    /// Names kind and place across runs and rebuilds, as that of a site does.
    public var fingerprint = ""

    /// Shells close what they have closed already as they undo redirections. They have one thread,
    /// so that nobody else can have got the number.
    var isHabitOfShell: Bool {
      kind == "double_close" && Interpreter(callerIn: stack)?.isShell == true
    }

    public init(
      kind: String, process: Int, fds: ClosedRange<Int>, count: UInt64 = 1, api: String,
      stack: Stack
    ) {
      (self.kind, self.process, self.count) = (kind, process, count)
      (fd, lastFd) = (fds.lowerBound, fds.upperBound)
      (self.api, self.stack) = (api, stack)
    }
  }
}
