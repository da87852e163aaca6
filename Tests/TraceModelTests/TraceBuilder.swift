import FDTrackFormat
import TraceBytes
import TraceModel

/// Writes synthetic traces through the format's own structs, so that it cannot
/// drift from the header.
struct TraceBuilder {
  static let callNames = ["", "open", "socket", "close", "connect", "fork"]

  private(set) var bytes: [UInt8]
  let counts: [UInt32]
  var header = fdt_header()
  private var stringsUsed = 8
  private var unitsUsed: UInt32 = 0

  /// Records per section; bytes for strings.
  static let counts: [UInt32] = [8, 8, 64, 16, 16, 8, 4096, 64, 4, 4, 8, 64]
  static let strides = [
    MemoryLayout<fdt_call>.stride, MemoryLayout<fdt_process>.stride,
    MemoryLayout<fdt_stack_node>.stride, MemoryLayout<fdt_site>.stride,
    MemoryLayout<fdt_closer>.stride, MemoryLayout<fdt_module>.stride, 1, Int(FDT_UNIT_SIZE),
    MemoryLayout<fdt_chunk>.stride, MemoryLayout<fdt_misuse>.stride,
    MemoryLayout<fdt_mark>.stride, MemoryLayout<UInt64>.stride,
  ]

  init(counts: [UInt32] = Self.counts) {
    self.counts = counts
    var offset = 4096
    withUnsafeMutableBytes(of: &header.magic) { $0.copyBytes(from: Array(FDT_MAGIC.utf8) + [0]) }
    header.byte_order = FDT_BYTE_ORDER
    header.version = FDT_VERSION
    header.header_size = UInt32(MemoryLayout<fdt_header>.size)
    header.ready = 1
    header.clock = FDT_CLOCK_MONOTONIC.rawValue
    for (number, count) in counts.enumerated() {
      let size = (Int(count) * Self.strides[number] + 4095) / 4096 * 4096
      Self.set(
        &header.sections,
        fdt_section(
          offset: UInt64(offset), size: UInt64(size), stride: UInt32(Self.strides[number]),
          count: count), at: number)
      offset += size
    }
    header.file_size = UInt64(offset)
    header.strings_next = 8
    header.first = Self.instant(ticks: 1000, realtime: 1_700_000_000_000_000_000)
    header.last.0 = Self.instant(ticks: 2_000_001_000, realtime: 1_700_000_002_000_000_000)
    bytes = [UInt8](repeating: 0, count: offset)
    for (slot, name) in Self.callNames.enumerated() {
      var call = fdt_call()
      withUnsafeMutableBytes(of: &call.name) { $0.copyBytes(from: Array(name.utf8)) }
      put(call, FDT_SECTION_CALLS, slot)
    }
  }

  static func instant(ticks: UInt64, realtime: UInt64) -> fdt_instant {
    fdt_instant(
      ticks: ticks, monotonic_ns: ticks, realtime_ns: realtime, check: ticks ^ ticks ^ realtime)
  }

  static func set<Tuple, Element>(_ tuple: inout Tuple, _ element: Element, at index: Int) {
    withUnsafeMutableBytes(of: &tuple) {
      $0.storeBytes(
        of: element, toByteOffset: index * MemoryLayout<Element>.stride, as: Element.self)
    }
  }

  func offset(_ section: fdt_section_id) -> Int {
    withUnsafeBytes(of: header.sections) {
      Int($0.bindMemory(to: fdt_section.self)[Int(section.rawValue)].offset)
    }
  }

  mutating func put<Record: BitwiseCopyable>(_ record: Record, at offset: Int) {
    withUnsafeBytes(of: record) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
  }

  mutating func put<Record: BitwiseCopyable>(
    _ record: Record, _ section: fdt_section_id, _ slot: Int
  ) {
    put(record, at: offset(section) + slot * MemoryLayout<Record>.stride)
  }

  /// Leaves zeros in a part of a section.
  mutating func clear(_ section: fdt_section_id, _ range: Range<Int>) {
    let start = offset(section)
    for at in range where start + at < bytes.count && at < size(section) { bytes[start + at] = 0 }
  }

  private func size(_ section: fdt_section_id) -> Int {
    withUnsafeBytes(of: header.sections) {
      Int($0.bindMemory(to: fdt_section.self)[Int(section.rawValue)].size)
    }
  }

  mutating func string(_ text: String, cut: Bool = false) -> UInt32 {
    let reference = stringsUsed
    let utf8 = Array(text.utf8)
    let start = offset(FDT_SECTION_STRINGS) + reference
    put(UInt32(utf8.count) | (cut ? FDT_STRING_CUT : 0), at: start)
    bytes.replaceSubrange(start + 4..<start + 4 + utf8.count, with: utf8)
    stringsUsed += (4 + utf8.count + 7) / 8 * 8
    header.strings_next = UInt64(stringsUsed)
    return UInt32(reference)
  }

  /// Takes units; returns the first's number plus one.
  mutating func units(_ count: UInt32 = 1) -> UInt32 {
    unitsUsed += count
    header.units_next = UInt64(unitsUsed)
    return unitsUsed - count + 1
  }

  func unitOffset(_ reference: UInt32) -> Int {
    offset(FDT_SECTION_UNITS) + Int(reference - 1) * Int(FDT_UNIT_SIZE)
  }

  mutating func process(_ slot: Int, _ change: (inout fdt_process) -> Void) {
    var process = fdt_process()
    process.state = FDT_RECORD_READY.rawValue
    process.pid = 100 + UInt32(slot)
    process.start_ticks = 2000
    change(&process)
    put(process, FDT_SECTION_PROCESSES, slot)
    header.processes_next = max(header.processes_next, UInt64(slot + 1))
  }

  /// A block of the live table with its details.
  mutating func block(
    _ entries: [Int: fdt_live], details: [Int: fdt_detail] = [:]
  ) -> fdt_block_ref {
    let block = fdt_block_ref(live: units(), detail: units(UInt32(FDT_DETAIL_UNITS)))
    for (slot, entry) in entries {
      put(entry, at: unitOffset(block.live) + slot * MemoryLayout<fdt_live>.stride)
    }
    for (slot, detail) in details {
      put(detail, at: unitOffset(block.detail) + slot * MemoryLayout<fdt_detail>.stride)
    }
    return block
  }

  /// A block that many may refer to.
  mutating func sharedBlock(_ entries: [Int: fdt_live]) -> fdt_block_ref {
    let unit = units()
    for (slot, entry) in entries {
      put(entry, at: unitOffset(unit) + slot * MemoryLayout<fdt_live>.stride)
    }
    return fdt_block_ref(live: unit | FDT_REF_SHARED, detail: 0)
  }

  /// The same, and a root that leads to it as block `slot` of the first leaf.
  mutating func sharedTable(
    _ entries: [Int: fdt_live], slot: Int
  ) -> (block: fdt_block_ref, root: UInt32) {
    let block = sharedBlock(entries)
    let leaf = units()
    let middle = units()
    put(block, at: unitOffset(leaf) + slot * MemoryLayout<fdt_block_ref>.stride)
    put(leaf | FDT_REF_SHARED, at: unitOffset(middle))
    return (block, middle | FDT_REF_SHARED)
  }

  mutating func chunk(
    _ slot: Int, sequence: UInt64, process: UInt32 = 1, records: [fdt_record], tag: UInt32? = nil
  ) {
    var chunk = fdt_chunk()
    chunk.sequence = sequence
    chunk.process = process
    chunk.thread = 77
    put(chunk, FDT_SECTION_RING, slot)
    let stride = MemoryLayout<fdt_record>.stride
    let first = MemoryLayout<fdt_chunk>.stride - Int(FDT_CHUNK_RECORDS) * stride
    for (index, record) in records.enumerated() {
      var record = record
      record.tag = tag ?? UInt32(truncatingIfNeeded: sequence)
      put(
        record,
        at: offset(FDT_SECTION_RING) + slot * MemoryLayout<fdt_chunk>.stride + first + index
          * stride)
    }
  }

  /// Takes the next slot of the marks; returns its reference.
  @discardableResult
  mutating func mark(
    _ name: String, process: UInt32 = 1, thread: UInt32 = 0, from begin: UInt64, to end: UInt64 = 0
  ) -> UInt32 {
    var mark = fdt_mark()
    mark.state = FDT_RECORD_READY.rawValue
    mark.process = process
    mark.thread = thread
    mark.name = string(name)
    mark.begin_ticks = begin
    mark.end_ticks = end
    put(mark, FDT_SECTION_MARKS, Int(header.marks_next))
    header.marks_next += 1
    return UInt32(header.marks_next)
  }

  /// The file, header included.
  var file: [UInt8] {
    var copy = self
    copy.put(header, at: 0)
    return copy.bytes
  }

  func read() throws -> Trace { try Trace(TraceBytes(file)) }

  static func live(
    generation: UInt32 = 1, state: fdt_live_state = FDT_LIVE_OPEN,
    kind: fdt_kind = FDT_KIND_FILE, via: fdt_via = FDT_VIA_OPEN
  ) -> fdt_live {
    var live = fdt_live()
    live.state = generation << 8 | state.rawValue
    live.kind = UInt8(kind.rawValue)
    live.via = UInt8(via.rawValue)
    live.origin = 1
    live.opened_ticks = 5000
    live.call = 1
    live.thread = 77
    return live
  }

  static func detail(path: String, generation: UInt32 = 1) -> fdt_detail {
    var detail = fdt_detail()
    detail.generation = generation
    detail.form = UInt8(FDT_TEXT_PATH.rawValue)
    detail.text_size = UInt16(path.utf8.count)
    withUnsafeMutableBytes(of: &detail.text) { $0.copyBytes(from: Array(path.utf8)) }
    return detail
  }

  /// Of the first process.
  func site() -> fdt_site {
    var site = fdt_site()
    site.state = FDT_RECORD_READY.rawValue
    site.process = 1
    site.stack = 10
    site.call = 1
    site.kind = UInt16(FDT_KIND_FILE.rawValue)
    site.opened = 4
    site.closed = 3
    return site
  }

  /// A small trace that uses every section.
  static func sample() -> TraceBuilder {
    var builder = TraceBuilder()
    builder.header.host = builder.string("box")
    let path = builder.string("/bin/app")
    let argv = builder.string("app\0-v\0")
    var module = fdt_module()
    module.key = 9
    module.path = path
    module.build_id_size = 2
    module.build_id.0 = 0xab
    module.build_id.1 = 0xcd
    builder.put(module, FDT_SECTION_MODULES, 0)
    builder.put(
      fdt_stack_node(frame: 1 << 48 | 0x1000, parent: 0, path: 0), FDT_SECTION_STACKS, 4)
    builder.put(
      fdt_stack_node(frame: 1 << 48 | 0x2000, parent: 5, path: 0), FDT_SECTION_STACKS, 9)
    var entry = live()
    entry.stack = 10
    entry.site = 3
    let block = builder.block([3: entry], details: [3: detail(path: "/tmp/x")])
    builder.process(0) {
      $0.exe = path
      $0.argv = argv
      $0.direct.0 = block
      $0.fd_limit = 1024
      $0.opened = 1
    }
    builder.put(builder.site(), FDT_SECTION_SITES, 2)
    var closer = fdt_closer()
    closer.state = FDT_RECORD_READY.rawValue
    closer.site = 3
    closer.call = 3
    closer.count = 3
    closer.lifetimes.2 = 3
    builder.put(closer, FDT_SECTION_CLOSERS, 7)
    var record = fdt_record()
    record.event = UInt8(FDT_EVENT_OPENED.rawValue)
    record.fd = 3
    record.ticks = 5000
    builder.chunk(0, sequence: 1, records: [record, record])
    builder.header.ring_next = 1
    return builder
  }
}
