import Glibc
import ProcessInspection

/// When to look next, and how often at all.
struct WatchPace {
  /// Looks take at most one part in so many of a core: of a large trace, they are rarer than
  /// was asked for.
  private static let share: UInt64 = 20

  private let interval: UInt64
  private var looksLeft: Int?
  private var next: UInt64 = 0

  /// - Parameters:
  ///   - seconds: between two looks.
  ///   - count: looks in all; nil for no end.
  init(seconds: Double, count: Int?) {
    interval = UInt64(seconds * 1e9)
    looksLeft = count
  }

  var isDone: Bool { looksLeft == 0 }
  var isDue: Bool { Inspector.monotonicClock() >= next }

  /// For poll(2).
  var millisecondsLeft: Int32 {
    let now = Inspector.monotonicClock()
    return next <= now ? 0 : Int32(clamping: (next - now + 999_999) / 1_000_000)
  }

  /// Takes a look, and takes its time.
  mutating func measure<Result: ~Copyable, Failure: Error>(
    _ look: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (start, before) = (Inspector.monotonicClock(), Self.processorNs)
    defer {
      next = start + max(interval, (Self.processorNs - before) * Self.share)
      looksLeft = looksLeft.map { max(0, $0 - 1) }
    }
    return try look()
  }

  /// Of this thread.
  private static var processorNs: UInt64 { SystemClock.nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

  /// Sleeps until it is due.
  func sleep() {
    while !isDue { poll(nil, 0, millisecondsLeft) }
  }
}
