import FDTrackFormat

/// What a program said it was doing from one moment to another (`struct fdt_mark`).
public struct MarkRecord: Equatable, Sendable {
  /// Slot + 1.
  public internal(set) var id: Int
  /// `TracedProcess.id` of who said it.
  public internal(set) var process: Int
  /// Kernel thread id of the one thread that it is about; nil: the whole process.
  public internal(set) var thread: UInt32?
  /// Ends in `...` when it was cut; nil when it could not be stored.
  public internal(set) var name: String?
  public internal(set) var beginTicks: UInt64 = 0
  /// Nil while it lasts, for good when that is the process's end.
  public internal(set) var endTicks: UInt64?

  init(id: Int, process: Int, thread: UInt32? = nil, name: String?) {
    (self.id, self.process, self.thread, self.name) = (id, process, thread, name)
  }

  init(_ record: fdt_mark, id: Int, strings: inout StringTable) {
    self.init(
      id: id, process: Int(record.process), thread: record.thread == 0 ? nil : record.thread,
      name: strings.text(record.name).map { strings.isCut(record.name) ? $0 + "..." : $0 })
    beginTicks = record.begin_ticks
    endTicks = record.end_ticks == 0 ? nil : record.end_ticks
  }
}
