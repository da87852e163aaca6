import FDTrackFormat

/// A sound trace with changes, each of which hits a record: so that small inputs
/// reach what stands behind the checks of the header.
///
/// A patch is: section (past the last one: the header), record in two bytes, byte
/// in the record in two, number of bytes, the bytes.
struct PatchedTrace {
  private(set) var bytes: [UInt8]

  init(_ builder: TraceBuilder, patches: Slice<UnsafeBufferPointer<UInt8>>) {
    bytes = builder.file
    var rest = patches
    while rest.count > 6 {
      let head = rest.prefix(6).map(Int.init)
      rest = rest.dropFirst(6)
      let size = head[5] % 16 + 1
      let values = rest.prefix(size)
      rest = rest.dropFirst(size)
      let sections = TraceBuilder.strides.count
      let number = head[0] % (sections + 1)
      var at = (head[3] | head[4] << 8) % 1024
      if number < sections {
        let stride = TraceBuilder.strides[number]
        let record = (head[1] | head[2] << 8) % Int(builder.counts[number])
        let section = builder.offset(fdt_section_id(UInt32(number)))
        at = section + record * stride + at % stride
      }
      for (index, value) in values.enumerated() where at + index < bytes.count {
        bytes[at + index] = value
      }
    }
  }
}
