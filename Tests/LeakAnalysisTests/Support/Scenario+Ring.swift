import FDTrackFormat

@testable import TraceBytes
@testable import TraceModel

/// A record of the ring, as a story tells it.
struct RingRecord {
  var kind: Event.Kind
  var process = 1
  var thread: UInt32 = 1
  /// Milliseconds since the trace started.
  var at: Double
  var call = ""
  var stack: StackNumber = 0
  var fd = -1
  var result: Int32 = 0
}

extension Scenario {
  /// Puts the ring that holds these records into the trace, each in a chunk of its own.
  mutating func ring(_ records: [RingRecord]) {
    let size = MemoryLayout<fdt_chunk>.stride
    var bytes: [UInt8] = []
    for (index, told) in records.enumerated() {
      var record = fdt_record()
      record.ticks = Self.ticks(told.at)
      record.stack = told.stack
      record.fd = Int32(told.fd)
      record.result = told.result
      record.call = Self.call(told.call)
      record.event = told.kind.rawValue
      record.tag = UInt32(index + 1)
      var chunk = [UInt8](repeating: 0, count: size)
      chunk.withUnsafeMutableBytes { room in
        room.storeBytes(of: UInt64(index + 1), toByteOffset: 0, as: UInt64.self)
        room.storeBytes(of: UInt32(told.process), toByteOffset: 8, as: UInt32.self)
        room.storeBytes(of: told.thread, toByteOffset: 12, as: UInt32.self)
        let offset = size - Int(FDT_CHUNK_RECORDS) * MemoryLayout<fdt_record>.stride
        room.storeBytes(of: record, toByteOffset: offset, as: fdt_record.self)
      }
      bytes += chunk
    }
    trace.events.chunks = SparseBytes(bytes)
    trace.events.capacity = records.count
    trace.events.kept = UInt64(records.count)
  }
}
