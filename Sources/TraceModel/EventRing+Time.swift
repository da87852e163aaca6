import FDTrackFormat
import TraceBytes

extension EventRing {
  /// Calls `body` with each record in order of time, as far as the threads' own records are
  /// in order, without a copy of the ring: its chunks are merged as they are read.
  public func forEachInTime(_ body: (Event) -> Void) {
    var waiting = ChunkCursor.all(of: self)
    waiting.sort { ($1.ticks, $1.offset) < ($0.ticks, $0.offset) }
    var active = CursorHeap()
    while true {
      // What starts no later than the earliest record of the others is one of them.
      while let next = waiting.last, next.ticks <= active.first?.ticks ?? .max {
        active.insert(next)
        waiting.removeLast()
      }
      guard var cursor = active.first else { return }
      let limit = min(active.secondTicks ?? .max, waiting.last?.ticks ?? .max)
      if cursor.advance(to: limit, in: self, body) {
        active.replaceFirst(cursor)
      } else {
        active.removeFirst()
      }
    }
  }
}

/// A place in a chunk: its next record.
private struct ChunkCursor {
  var ticks: UInt64
  /// Of the next record, in the ring.
  var offset: Int
  private let end: Int
  private let head: EventRing.ChunkHead

  static func all(of ring: EventRing) -> [ChunkCursor] {
    let (chunk, record) = (MemoryLayout<fdt_chunk>.stride, MemoryLayout<fdt_record>.stride)
    let first = chunk - Int(FDT_CHUNK_RECORDS) * record
    var cursors: [ChunkCursor] = []
    ring.forEachChunk { head, bytes in
      let start = Int((head.sequence - 1) % UInt64(max(1, ring.capacity))) * chunk
      for offset in stride(from: first, through: bytes.byteCount - record, by: record) {
        let record = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: fdt_record.self)
        guard head.owns(record) else { continue }
        cursors.append(
          ChunkCursor(
            ticks: record.ticks, offset: start + offset, end: start + bytes.byteCount, head: head))
        return
      }
    }
    return cursors
  }

  /// Calls `body` with the records up to one later than `limit`, with the next one in any
  /// case; false when none is left.
  mutating func advance(to limit: UInt64, in ring: EventRing, _ body: (Event) -> Void) -> Bool {
    let stride = MemoryLayout<fdt_record>.stride
    return ring.chunks.withPage(at: offset) { page, start in
      // A chunk lies in one page.
      let pageStart = offset - start
      var isFirst = true
      while offset < end {
        let record = page.unsafeLoadUnaligned(
          fromByteOffset: offset - pageStart, as: fdt_record.self)
        if head.owns(record) {
          if !isFirst, record.ticks > limit {
            ticks = record.ticks
            return true
          }
          isFirst = false
          if let event = ring.event(record, in: head) { body(event) }
        }
        offset += stride
      }
      return false
    } ?? false
  }
}

/// The cursors of chunks that are being read, the one with the earliest record first.
private struct CursorHeap {
  private var cursors: [ChunkCursor] = []

  var first: ChunkCursor? { cursors.first }

  var secondTicks: UInt64? {
    switch cursors.count {
    case 0, 1: nil
    case 2: cursors[1].ticks
    default: min(cursors[1].ticks, cursors[2].ticks)
    }
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    (cursors[a].ticks, cursors[a].offset) < (cursors[b].ticks, cursors[b].offset)
  }

  mutating func insert(_ cursor: ChunkCursor) {
    cursors.append(cursor)
    var child = cursors.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      cursors.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func replaceFirst(_ cursor: ChunkCursor) {
    cursors[0] = cursor
    sink()
  }

  mutating func removeFirst() {
    cursors.swapAt(0, cursors.count - 1)
    cursors.removeLast()
    sink()
  }

  private mutating func sink() {
    var parent = 0
    while 2 * parent + 1 < cursors.count {
      var child = 2 * parent + 1
      if child + 1 < cursors.count, isBefore(child + 1, child) { child += 1 }
      guard isBefore(child, parent) else { return }
      cursors.swapAt(parent, child)
      parent = child
    }
  }
}
