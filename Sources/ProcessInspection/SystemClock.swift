import Glibc

/// The system's clocks (clock_gettime(2)).
package enum SystemClock {
  /// Nanoseconds on one that every Linux has, such as CLOCK_MONOTONIC.
  package static func nanoseconds(_ clock: clockid_t) -> UInt64 {
    var now = timespec()
    clock_gettime(clock, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
  }
}
