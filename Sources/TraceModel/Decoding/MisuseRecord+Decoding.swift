import FDTrackFormat

extension MisuseRecord {
  /// Nil for what no writer makes.
  init?(_ record: fdt_misuse) {
    guard let kind = Kind(format: UInt32(record.kind)), record.low_fd >= 0,
      record.low_fd <= record.high_fd
    else { return nil }
    self.init(
      kind: kind, process: Int(record.process),
      act: Act(
        stack: record.stack, call: record.call, thread: record.thread, ticks: record.first_ticks),
      opened: Act(
        stack: record.opened_stack, call: record.opened_call, thread: record.opened_thread,
        ticks: record.opened_ticks),
      closed: Act(
        stack: record.closed_stack, call: record.closed_call, thread: record.closed_thread,
        ticks: record.closed_ticks),
      owner: Descriptor.Owner(UInt32(record.owner)),
      fds: Int(record.low_fd)...Int(record.high_fd), count: record.count,
      lastTicks: record.last_ticks, site: record.site)
  }
}

extension MisuseRecord.Kind {
  init?(format: UInt32) {
    switch format {
    case FDT_MISUSE_CLOSE_AGAIN.rawValue: self = .closeAgain
    case FDT_MISUSE_CLOSE_UNKNOWN.rawValue: self = .closeUnknown
    case FDT_MISUSE_CLOSE_OWNED.rawValue: self = .closeOwned
    case FDT_MISUSE_USE_CLOSED.rawValue: self = .useClosed
    case FDT_MISUSE_CUT_MESSAGE.rawValue: self = .cutMessage
    default: return nil
    }
  }
}
