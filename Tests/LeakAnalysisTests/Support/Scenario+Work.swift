import FDTrackFormat

@testable import TraceBytes
@testable import TraceModel

extension Scenario {
  /// Has the ring tell that a thread opened `count` descriptors, evenly from `start`
  /// to `end`. Of what else it did the ring tells nothing.
  mutating func work(
    _ count: Int, in process: Int = 1, thread: UInt32 = 1, from start: Double, to end: Double
  ) {
    let capacity = Int(FDT_CHUNK_RECORDS)
    for first in stride(from: 0, to: count, by: capacity) {
      let times = (first..<min(first + capacity, count)).map {
        Self.ticks(start + (end - start) * Double($0) / Double(max(count - 1, 1)))
      }
      addChunk(times, process: process, thread: thread)
    }
    trace.processes[process - 1].opened += UInt64(count)
  }

  private mutating func addChunk(_ times: [UInt64], process: Int, thread: UInt32) {
    let size = MemoryLayout<fdt_chunk>.stride
    let number = trace.events.capacity
    var bytes = trace.events.chunks.copy(0..<number * size) + [UInt8](repeating: 0, count: size)
    let stride = MemoryLayout<fdt_record>.stride
    bytes.withUnsafeMutableBytes { all in
      let chunk = UnsafeMutableRawBufferPointer(rebasing: all[(number * size)...])
      chunk.storeBytes(of: UInt64(number + 1), toByteOffset: 0, as: UInt64.self)
      chunk.storeBytes(of: UInt32(process), toByteOffset: 8, as: UInt32.self)
      chunk.storeBytes(of: thread, toByteOffset: 12, as: UInt32.self)
      for (index, ticks) in times.enumerated() {
        var record = fdt_record()
        record.ticks = ticks
        record.event = UInt8(FDT_EVENT_OPENED.rawValue)
        record.tag = UInt32(number + 1)
        chunk.storeBytes(
          of: record, toByteOffset: size - (Int(FDT_CHUNK_RECORDS) - index) * stride,
          as: fdt_record.self)
      }
    }
    trace.events.chunks = SparseBytes(bytes)
    trace.events.capacity = number + 1
  }
}
