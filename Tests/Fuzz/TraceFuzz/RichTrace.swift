import FDTrackFormat

extension TraceBuilder {
  /// A tree of processes that holds descriptors of every kind, came about in every
  /// way, and did every wrong thing: so that a patch finds something to spoil.
  static let rich: TraceBuilder = {
    var builder = TraceBuilder.sample()
    let path = builder.string("/srv/worker")
    for slot in 0..<4 {
      var node = fdt_stack_node()
      node.frame = 1 << 48 | UInt64(0x3000 + slot * 16)
      node.parent = slot == 0 ? 0 : UInt32(20 + slot)
      builder.put(node, FDT_SECTION_STACKS, 20 + slot)
    }
    for slot in 3..<8 { builder.putSite(slot, stack: UInt32(21 + slot % 4)) }
    for slot in 1..<6 {
      let entries = builder.entries(of: slot)
      let details = entries.mapValues { Self.detail(path: "/tmp/\($0.kind)") }
      let block = builder.block(entries, details: details)
      builder.process(slot) {
        $0.parent = UInt32(slot)
        $0.how = UInt32(slot)
        $0.exe = path
        $0.argv = path
        $0.direct.0 = block
        $0.fd_limit = 64
        $0.opened = 6
        $0.flags = 0xff
        $0.end_kind = UInt32(slot % 5)
        $0.limit_ticks = 9000
        $0.exec_stack = 22
        $0.mark = UInt32(slot)
        $0.snapshot_ticks = 9000
        $0.end_ticks = slot % 2 == 0 ? 0 : 4_000_000_000
      }
    }
    for slot in 0..<3 { builder.putMisuse(slot) }
    for slot in 1..<4 { builder.putEvents(slot) }
    builder.header.ring_next = 4
    for process in UInt32(1)...3 {
      builder.mark("test \(process)", process: process, from: 5000, to: 900_000_000)
      builder.mark("aside", process: process, thread: 77, from: 6000)
    }
    return builder
  }()

  private mutating func putSite(_ slot: Int, stack: UInt32) {
    var site = fdt_site()
    site.state = FDT_RECORD_READY.rawValue
    site.process = UInt32(slot - 1)
    site.stack = stack
    site.call = UInt16(slot % 4)
    site.kind = UInt16(slot)
    site.opened = 40
    site.closed = 30
    site.peak = 12
    site.at_limit = 9
    put(site, FDT_SECTION_SITES, slot)
    var closer = fdt_closer()
    closer.state = FDT_RECORD_READY.rawValue
    closer.site = UInt32(slot + 1)
    closer.stack = 23
    closer.count = 30
    closer.min_ticks = 100
    closer.max_ticks = 9000
    put(closer, FDT_SECTION_CLOSERS, slot)
  }

  private func entries(of process: Int) -> [Int: fdt_live] {
    var entries: [Int: fdt_live] = [:]
    for fd in 0..<16 {
      let kind = fdt_kind((UInt32(fd + process * 5)) % FDT_KIND_COUNT.rawValue)
      var entry = Self.live(kind: kind, via: fdt_via(fd < 10 ? 0 : UInt32(fd % 5)))
      entry.stack = UInt32(21 + fd % 4)
      entry.site = UInt32(4 + fd % 5)
      entry.origin = UInt32(process + 1)
      entry.opened_ticks = UInt64(5000 + fd * 100_000_000)
      entry.flags = UInt8(fd)
      entry.owner = UInt8(fd % 4)
      entry.object = UInt32(fd % 3)
      entry.source = Int32(fd % 3)
      entry.note_call = UInt16(fd % 6)
      entry.note_stack = 22
      entry.note_error = fd % 2 == 0 ? 111 : 0
      entries[fd] = entry
    }
    return entries
  }

  private mutating func putMisuse(_ slot: Int) {
    var misuse = fdt_misuse()
    misuse.state = FDT_RECORD_READY.rawValue
    misuse.kind = UInt8(slot + 1)
    misuse.process = 2
    misuse.stack = 21
    misuse.opened_stack = 22
    misuse.closed_stack = 23
    misuse.low_fd = 3
    misuse.high_fd = 3
    misuse.count = 2
    misuse.site = 4
    misuse.opened_ticks = 6000
    put(misuse, FDT_SECTION_MISUSES, slot)
  }

  private mutating func putEvents(_ slot: Int) {
    let events = (0..<40).map { index in
      var record = fdt_record()
      record.event = UInt8(1 + index % 12)
      record.fd = 3
      record.ticks = UInt64(5000 + index * 500)
      record.stack = UInt32(21 + index % 4)
      record.call = UInt16(index % 6)
      return record
    }
    chunk(slot, sequence: UInt64(slot + 1), records: events)
  }
}
