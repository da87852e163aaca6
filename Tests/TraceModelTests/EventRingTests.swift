import FDTrackFormat
import Testing
import TraceBytes

@testable import TraceModel

@Suite("Decoding the ring")
struct EventRingTests {
  @Test("A ring that wrapped counts what it kept exactly and the rest as full chunks")
  func wrappedRing() throws {
    var builder = TraceBuilder()
    var record = fdt_record()
    record.event = UInt8(FDT_EVENT_CLOSED.rawValue)
    record.ticks = 10
    var later = record
    later.ticks = 20
    // Sequences 5 and 6 replaced 1 and 2; 3 and 4 stand.
    builder.chunk(0, sequence: 5, records: [later, record])
    builder.chunk(1, sequence: 6, records: [record])
    builder.chunk(2, sequence: 3, records: [record])
    builder.chunk(3, sequence: 4, records: [record])
    builder.header.ring_next = 6
    let events = try builder.read().events
    #expect(events.kept == 5 && events.total == 5 + 2 * 127 && !events.isTotalExact)
    #expect(events.inOrder().map(\.ticks) == [10, 10, 10, 10, 20])
  }

  @Test("Chunks are merged in order of time, and tell since when none was overwritten")
  func mergedRing() throws {
    var builder = TraceBuilder()
    let times: [[UInt64]] = [[30, 31, 90], [], [10, 40, 50], [20, 60, 70]]
    for (slot, times) in times.enumerated() {
      let records = times.map { ticks in
        var record = fdt_record()
        record.ticks = ticks
        record.event = UInt8(FDT_EVENT_OPENED.rawValue)
        return record
      }
      builder.chunk(slot, sequence: [5, 6, 3, 4][slot], records: records)
    }
    builder.header.ring_next = 6
    let ring = try builder.read().events
    var merged: [UInt64] = []
    ring.forEachInTime { merged.append($0.ticks) }
    #expect(merged == [10, 20, 30, 31, 40, 50, 60, 70, 90])
    #expect(ring.wholeSinceTicks == 10)
  }

  @Test("Records of a chunk's earlier round do not count")
  func staleRecords() throws {
    var builder = TraceBuilder()
    var record = fdt_record()
    record.event = 1
    builder.chunk(0, sequence: 5, records: [record], tag: 1)
    builder.header.ring_next = 5
    #expect(try builder.read().events.kept == 0)
  }

  @Test("A chunk whose sequence belongs elsewhere does not count")
  func misplacedChunk() throws {
    var builder = TraceBuilder()
    var record = fdt_record()
    record.event = 1
    builder.chunk(2, sequence: 1, records: [record])
    builder.header.ring_next = 3
    #expect(try builder.read().events.kept == 0)
  }
}
