import FDTrackFormat

extension Descriptor {
  /// Nil for an entry that is free or in a state that the format does not know.
  init?(_ entry: fdt_live, fd: Int) {
    guard let state = State(entry.state & 0xff) else { return nil }
    self.init(fd: fd)
    self.state = state
    generation = entry.state >> 8
    site = entry.site
    openedTicks = entry.opened_ticks
    stack = entry.stack
    thread = entry.thread
    origin = Int(entry.origin)
    call = entry.call
    kind = DescriptorKind(rawValue: UInt32(entry.kind))
    flags = Flags(rawValue: entry.flags)
    owner = Owner(UInt32(entry.owner))
    via = Via(UInt32(entry.via))
    object = entry.object
    if entry.source > 0 {
      if flags.contains(.received) {
        sender = Int(entry.source)
      } else {
        source = Int(entry.source) - 1
      }
    }
    if entry.note_call != 0 {
      note = Note(
        call: entry.note_call, ticks: entry.note_ticks, stack: entry.note_stack,
        thread: entry.note_thread, error: entry.note_error)
    }
  }
}

extension Descriptor.State {
  init?(_ value: UInt32) {
    switch fdt_live_state(rawValue: value) {
    case FDT_LIVE_OPEN: self = .open
    case FDT_LIVE_CLOSING: self = .closing
    case FDT_LIVE_CLOSED: self = .closed
    case FDT_LIVE_VANISHED: self = .vanished
    default: return nil
    }
  }
}

extension Descriptor.Via {
  init(_ value: UInt32) {
    switch fdt_via(rawValue: value) {
    case FDT_VIA_OPEN: self = .open
    case FDT_VIA_FORK: self = .fork
    case FDT_VIA_EXEC: self = .exec
    case FDT_VIA_OUTSIDE: self = .outside
    default: self = .unseen
    }
  }
}

extension Descriptor.Owner {
  init(_ value: UInt32) {
    switch fdt_owner(rawValue: value) {
    case FDT_OWNER_FILE: self = .file
    case FDT_OWNER_DIR: self = .directory
    case FDT_OWNER_POPEN: self = .popen
    case FDT_OWNER_LIBC: self = .libc
    default: self = .raw
    }
  }
}
