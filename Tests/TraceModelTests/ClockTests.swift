import FDTrackFormat
import Testing

@testable import TraceModel

@Suite("Time")
struct ClockTests {
  private func counterTrace(_ change: (inout fdt_header) -> Void) throws -> TraceClock {
    var builder = TraceBuilder.sample()
    builder.header.clock = FDT_CLOCK_COUNTER.rawValue
    builder.header.first = instant(ticks: 1000, monotonic: 500)
    builder.header.last.0 = fdt_instant()
    change(&builder.header)
    return try builder.read().clock
  }

  private func instant(ticks: UInt64, monotonic: UInt64) -> fdt_instant {
    fdt_instant(
      ticks: ticks, monotonic_ns: monotonic, realtime_ns: 9, check: ticks ^ monotonic ^ 9)
  }

  @Test("Monotonic ticks are nanoseconds from the first instant")
  func monotonic() throws {
    let clock = try TraceBuilder.sample().read().clock
    #expect(clock.nanoseconds(at: 1500) == 500 && clock.nanoseconds(at: 1) == 0)
    #expect(clock.originRealtimeNs == 1_700_000_000_000_000_000)
    #expect(clock.latestTicks == 2_000_001_000)
  }

  @Test("The rate is the slope to the later valid instant")
  func slope() throws {
    let clock = try counterTrace {
      $0.last.0 = instant(ticks: 4_000_001_000, monotonic: 2_000_000_500)
      $0.last.1 = instant(ticks: 6_000_001_000, monotonic: 2_000_000_500)
      $0.last.1.check = 0
    }
    #expect(clock.nanoseconds(at: 3000) == 1000)
  }

  @Test("Without a second instant the hint tells the rate")
  func hint() throws {
    let clock = try counterTrace { $0.ticks_hz_hint = 2_000_000_000 }
    #expect(clock.nanoseconds(at: 3000) == 1000)
  }

  @Test("Without either, time is unknown rather than wrong")
  func unknown() throws {
    let clock = try counterTrace { _ in }
    #expect(clock.nanoseconds(at: 3000) == nil && clock.duration(5) == nil)
  }

  @Test("A duration beyond 64 bits is clamped")
  func clamped() throws {
    let clock = try counterTrace { $0.ticks_hz_hint = 1 }
    #expect(clock.duration(.max) == .max)
  }
}
