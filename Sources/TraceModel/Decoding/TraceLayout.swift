import FDTrackFormat
import TraceBytes

/// A header that was checked: every section lies inside the file, has the
/// record size of this format version and overlaps no other.
struct TraceLayout {
  let header: fdt_header

  /// What errors call the sections, by number.
  private static let names = [
    "calls", "processes", "stacks", "sites", "closers", "modules", "strings", "units", "ring",
    "misuses", "marks", "stack index",
  ]

  /// Record sizes by section; nil where the format has no records.
  private static let strides: [Int?] = [
    MemoryLayout<fdt_call>.stride, MemoryLayout<fdt_process>.stride,
    MemoryLayout<fdt_stack_node>.stride, MemoryLayout<fdt_site>.stride,
    MemoryLayout<fdt_closer>.stride, MemoryLayout<fdt_module>.stride, nil, Int(FDT_UNIT_SIZE),
    MemoryLayout<fdt_chunk>.stride, MemoryLayout<fdt_misuse>.stride,
    MemoryLayout<fdt_mark>.stride, MemoryLayout<UInt64>.stride,
  ]

  /// Sections from this one on came later, under the same version: recorders that do not
  /// know them leave their descriptions empty.
  private static let firstOptional = Int(FDT_SECTION_MARKS.rawValue)

  init(_ bytes: borrowing TraceBytes) throws(TraceError) {
    try Self.checkIdentity(bytes)
    header = try Self.header(of: bytes)
    try check(\.header_size, header.header_size == MemoryLayout<fdt_header>.size)
    guard header.ready == 1 else { throw .notReady(offset: Self.offset(of: \.ready)) }
    guard header.file_size <= bytes.size else {
      throw .truncated(offset: 0, need: header.file_size, have: bytes.size)
    }
    try checkSections()
  }

  /// The header as it is now: in a trace that is being written, cursors move on.
  static func header(of bytes: borrowing TraceBytes) throws(TraceError) -> fdt_header {
    try load(bytes, at: 0)
  }

  /// A record as it is now, by its slot plus one; that of the last slot for what is beyond.
  func record<Record: BitwiseCopyable>(
    _ id: fdt_section_id, _ number: UInt64, as type: Record.Type, of bytes: borrowing TraceBytes
  ) throws(TraceError) -> Record {
    let section = self.section(Int(id.rawValue))
    let slot = max(min(number, UInt64(section.count)), 1) - 1
    return try Self.load(
      bytes, at: section.offset + slot * UInt64(MemoryLayout<Record>.stride))
  }

  /// The part of a section that was used: `cursor` of its records (bytes for
  /// strings) were handed out, which may exceed what it has.
  func read(
    _ id: fdt_section_id, of bytes: borrowing TraceBytes, cursor: UInt64 = .max
  ) throws(TraceError) -> SparseBytes {
    let section = self.section(Int(id.rawValue))
    let records = min(cursor, UInt64(section.count))
    let stride = UInt64(Self.strides[Int(id.rawValue)] ?? 1)
    return try bytes.sparse(at: section.offset, count: Int(records * stride))
  }

  /// Where `count` bytes at an offset of a section stand in the file; nil when they do not lie
  /// inside of it.
  func place(_ id: fdt_section_id, _ offset: UInt64, count: Int) -> UInt64? {
    let section = self.section(Int(id.rawValue))
    guard let count = UInt64(exactly: count), count <= section.size,
      offset <= section.size - count
    else { return nil }
    return section.offset + offset
  }

  /// Capacity of a section in records.
  func capacity(_ id: fdt_section_id) -> Int { Int(section(Int(id.rawValue)).count) }

  private func section(_ number: Int) -> fdt_section {
    elements(of: header.sections, as: fdt_section.self)[number]
  }

  private static func checkIdentity(_ bytes: borrowing TraceBytes) throws(TraceError) {
    let magic = Trace.magic
    let start = try bytes.sparse(at: 0, count: min(Int(clamping: bytes.size), magic.count))
    guard start.copy(0..<magic.count) == Array(magic.prefix(start.count)) else {
      throw .notATrace(offset: 0)
    }
    let size = UInt64(MemoryLayout<fdt_header>.size)
    guard bytes.size >= size else { throw .truncated(offset: 0, need: size, have: bytes.size) }
    let order: UInt32 = try load(bytes, at: offset(of: \.byte_order))
    guard order == FDT_BYTE_ORDER else {
      let swapped = order.byteSwapped == FDT_BYTE_ORDER
      throw swapped
        ? .otherByteOrder(offset: offset(of: \.byte_order))
        : .notATrace(offset: offset(of: \.byte_order))
    }
    let version: UInt32 = try load(bytes, at: offset(of: \.version))
    guard version == FDT_VERSION else {
      throw .otherVersion(
        offset: offset(of: \.version), found: version, supported: FDT_VERSION)
    }
  }

  private func checkSections() throws(TraceError) {
    var taken: [(range: Range<UInt64>, number: Int)] = []
    for number in Self.names.indices {
      let section = self.section(number)
      if number >= Self.firstOptional && Self.isAbsent(section) { continue }
      let records = UInt64(section.count) * UInt64(section.stride)
      let (end, overflow) = section.offset.addingReportingOverflow(section.size)
      let strideFits = Self.strides[number].map { UInt32($0) == section.stride } ?? true
      let isBytes = Self.strides[number] == nil
      guard !overflow, end <= header.file_size, strideFits,
        section.offset >= UInt64(MemoryLayout<fdt_header>.size),
        isBytes ? UInt64(section.count) <= section.size : records <= section.size
      else { throw badSection(number) }
      if section.size > 0 { taken.append((section.offset..<end, number)) }
    }
    taken.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (before, after) in zip(taken, taken.dropFirst())
    where after.range.lowerBound < before.range.upperBound {
      throw badSection(after.number)
    }
  }

  private static func isAbsent(_ section: fdt_section) -> Bool {
    section.offset == 0 && section.size == 0 && section.stride == 0 && section.count == 0
  }

  private func badSection(_ number: Int) -> TraceError {
    .badSection(
      name: Self.names[number],
      offset: Self.offset(of: \.sections) + UInt64(number * MemoryLayout<fdt_section>.stride))
  }

  private func check(_ field: PartialKeyPath<fdt_header>, _ holds: Bool) throws(TraceError) {
    if !holds { throw .badSection(name: "header", offset: Self.offset(of: field)) }
  }

  private static func offset(of field: PartialKeyPath<fdt_header>) -> UInt64 {
    UInt64(MemoryLayout<fdt_header>.offset(of: field) ?? 0)
  }

  private static func load<Value: BitwiseCopyable>(
    _ bytes: borrowing TraceBytes, at offset: UInt64
  ) throws(TraceError) -> Value {
    try bytes.sparse(at: offset, count: MemoryLayout<Value>.size).load(at: 0)
  }
}
