import FDTrackFormat

/// A small trace, made record by record.
struct SampleTrace {
  var processes: [fdt_process] = []
  var version = FDT_VERSION
  /// What the section table claims, when it lies.
  var claimedCount: UInt32?
  var claimedOffset: UInt64?
  /// CLOCK_MONOTONIC, which its ticks are, at its start; nil: it tells no moments.
  var startNs: UInt64?

  static func process(
    _ pid: Int32, end: fdt_end = FDT_END_NONE, code: Int32 = 0,
    state: fdt_record_state = FDT_RECORD_READY
  ) -> fdt_process {
    var process = fdt_process()
    process.state = state.rawValue
    process.pid = UInt32(bitPattern: pid)
    process.end_kind = end.rawValue
    process.end_code = code
    return process
  }

  static let tableOffset = 4096

  var bytes: [UInt8] {
    var header = fdt_header()
    withUnsafeMutableBytes(of: &header.magic) {
      $0.copyBytes(from: FDT_MAGIC.utf8CString.map { UInt8(bitPattern: $0) })
    }
    header.byte_order = FDT_BYTE_ORDER
    header.version = version
    header.header_size = UInt32(MemoryLayout<fdt_header>.size)
    header.ready = 1
    if let startNs {
      header.first = fdt_instant(
        ticks: startNs, monotonic_ns: startNs, realtime_ns: 1, check: startNs ^ startNs ^ 1)
    }
    header.processes_next = UInt64(claimedCount ?? UInt32(processes.count))
    let stride = MemoryLayout<fdt_process>.stride
    let section = fdt_section(
      offset: claimedOffset ?? UInt64(Self.tableOffset), size: UInt64(processes.count * stride),
      stride: UInt32(stride), count: claimedCount ?? UInt32(processes.count))
    withUnsafeMutableBytes(of: &header.sections) {
      $0.storeBytes(
        of: section,
        toByteOffset: Int(FDT_SECTION_PROCESSES.rawValue) * MemoryLayout<fdt_section>.stride,
        as: fdt_section.self)
    }
    var bytes = withUnsafeBytes(of: header) { Array($0) }
    bytes += [UInt8](repeating: 0, count: Self.tableOffset - bytes.count)
    for process in processes { withUnsafeBytes(of: process) { bytes += $0 } }
    return bytes
  }

  /// The process record at an index of a trace's bytes.
  static func process(at index: Int, of bytes: [UInt8]) -> fdt_process {
    bytes.withUnsafeBytes {
      $0.loadUnaligned(
        fromByteOffset: tableOffset + index * MemoryLayout<fdt_process>.stride,
        as: fdt_process.self)
    }
  }
}
