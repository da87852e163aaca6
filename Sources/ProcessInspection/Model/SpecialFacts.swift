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
