import FDTrackFormat

/// One record of the event ring.
public struct Event: Equatable, Sendable {
  /// `enum fdt_event`.
  public enum Kind: UInt8, Equatable, Sendable {
    case opened = 1, closed, duplicated, received, noted, forked, exec, spawned
    case snapshot = 10, flags, reaped
  }

  public internal(set) var ticks: UInt64
  public internal(set) var kind: Kind
  /// `TracedProcess.id`.
  public internal(set) var process: Int
  public internal(set) var thread: UInt32
  /// Slot in `Trace.calls`.
  public internal(set) var call: UInt16
  public internal(set) var stack: StackNumber
  public internal(set) var fd: Int
  /// What it means depends on `kind`; see the format.
  public internal(set) var result: Int32
}

extension Event {
  /// Nil for kinds that this program does not know.
  init?(_ record: fdt_record, in chunk: EventRing.ChunkHead) {
    guard let kind = Kind(rawValue: record.event) else { return nil }
    self.init(
      ticks: record.ticks, kind: kind, process: Int(chunk.process), thread: chunk.thread,
      call: record.call, stack: record.stack, fd: Int(record.fd), result: record.result)
  }
}
