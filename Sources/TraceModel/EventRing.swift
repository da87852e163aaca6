import FDTrackFormat
import TraceBytes

/// The history that the trace still holds, decoded when asked for.
public struct EventRing: Equatable, Sendable {
  /// Records in the ring; exact.
  public internal(set) var kept: UInt64 = 0
  /// Records ever written. Once chunks have been overwritten this counts each of
  /// them as full, which is the most that it can have held.
  public internal(set) var total: UInt64 = 0
  public internal(set) var isTotalExact = true
  /// The moment from which on no chunk was overwritten; nil when none ever was. A thread
  /// that seldom does anything may miss records after it, too: its chunk was an old one.
  public internal(set) var wholeSinceTicks: UInt64?
  /// The latest record of each process (`TracedProcess.id`).
  public internal(set) var latestTicksByProcess: [Int: UInt64] = [:]
  /// Chunks that were handed out, and of which nothing is there.
  var chunksMissing = 0
  var chunks = SparseBytes()
  /// What stands for stacks of records, where another does.
  var renamedStacks: [StackUse: StackNumber] = [:]
  var capacity = 0

  /// Calls `body` with each record, chunk by chunk: in order of time within a
  /// thread's chunk, in no order among chunks.
  public func forEach(_ body: (Event) -> Void) {
    forEachRecord { chunk, record in
      if let event = event(record, in: chunk) { body(event) }
    }
  }

  func event(_ record: fdt_record, in chunk: ChunkHead) -> Event? {
    guard var event = Event(record, in: chunk) else { return nil }
    if !renamedStacks.isEmpty,
      let stack = renamedStacks[StackUse(stack: event.stack, process: event.process)]
    {
      event.stack = stack
    }
    return event
  }

  /// The records that `isWanted`, in order of time; among equal times in order of thread.
  public func inOrder(where isWanted: (Event) -> Bool = { _ in true }) -> [Event] {
    var events: [Event] = []
    forEach { if isWanted($0) { events.append($0) } }
    let order = events.indices.sorted {
      let (a, b) = (events[$0], events[$1])
      return (a.ticks, a.thread, $0) < (b.ticks, b.thread, $1)
    }
    return order.map { events[$0] }
  }

  struct ChunkHead {
    var sequence: UInt64
    var process: UInt32
    var thread: UInt32

    /// Whether it is a record of this chunk, and not of one that had its place before.
    func owns(_ record: fdt_record) -> Bool {
      record.tag == UInt32(truncatingIfNeeded: sequence) && record.event != 0
    }
  }

  /// Records count only when their tag is that of the chunk, and chunks only
  /// where their sequence belongs.
  func forEachRecord(_ body: (ChunkHead, fdt_record) -> Void) {
    forEachChunk { head, bytes in
      Self.forEachRecord(of: head, in: bytes) { body(head, $0) }
    }
  }

  static func forEachRecord(
    of head: ChunkHead, in bytes: RawSpan, _ body: (fdt_record) -> Void
  ) {
    let stride = MemoryLayout<fdt_record>.stride
    var offset = MemoryLayout<fdt_chunk>.stride - Int(FDT_CHUNK_RECORDS) * stride
    while offset <= bytes.byteCount - stride {
      let record = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: fdt_record.self)
      if head.owns(record) { body(record) }
      offset += stride
    }
  }

  func forEachChunk(_ body: (ChunkHead, RawSpan) -> Void) {
    let stride = MemoryLayout<fdt_chunk>.stride
    let count = UInt64(capacity)
    chunks.forEachRun { offset, bytes in
      for start in Swift.stride(from: 0, through: bytes.byteCount - stride, by: stride) {
        let chunk = bytes.extracting(start..<start + stride)
        let head = ChunkHead(
          sequence: chunk.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self),
          process: chunk.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt32.self),
          thread: chunk.unsafeLoadUnaligned(fromByteOffset: 12, as: UInt32.self))
        let slot = UInt64((offset + start) / stride)
        guard head.sequence != 0 && count > 0 && (head.sequence - 1) % count == slot else {
          continue
        }
        body(head, chunk)
      }
    }
  }
}
