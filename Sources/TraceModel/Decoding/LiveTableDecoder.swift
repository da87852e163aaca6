import FDTrackFormat
import TraceBytes

/// Decodes live tables: units that index others, and units of entries.
///
/// References are hostile. A unit of a process's own belongs to whoever names it first, so
/// that no table is read twice however the references are tangled, and the work is bounded
/// by the number of units. Shared units (`FDT_REF_SHARED`) may be named by many; how many
/// are read in all is bounded by `sharedUnits`.
struct LiveTableDecoder {
  /// Units that may be read by shared references: the tables of 4,000 children with 1,000
  /// descriptors each, or four million descriptors.
  static let sharedUnits = 1 << 18
  /// A table that is known as a whole costs no memory again, only its share of what
  /// is later done with each descriptor.
  private static let costOfKnownTable = 4

  private let units: SparseBytes
  private let handedOut: Int
  private let withDetails: Bool
  private var isTaken: [Bool]
  private var sharedReads = Budget(LiveTableDecoder.sharedUnits)
  /// Tables of nothing but shared units, which siblings have alike.
  private var sharedTables: [SharedTable: SharedTableContent] = [:]
  private var contradictions = 0
  /// Units in which nothing is, so far.
  private var blankUnits = 0
  /// Processes (`TracedProcess.id`) whose tables have such.
  private(set) var withBlankUnits: Set<Int> = []

  private struct SharedTableContent {
    var number: Int
    var descriptors: [Descriptor]
    var cost: Int
    var hasBlankUnits: Bool
  }

  private struct SharedTable: Hashable {
    var references: [UInt32]
    var parent: UInt32
  }

  /// - Parameters:
  ///   - handedOut: units that there were after these had been read; 0 when it was not looked.
  ///   - withDetails: the cold parts are decoded, too.
  init(_ units: SparseBytes, handedOut: UInt64 = 0, withDetails: Bool = true) {
    self.units = units
    self.handedOut = Int(clamping: handedOut)
    self.withDetails = withDetails
    isTaken = Array(repeating: false, count: units.count / Int(FDT_UNIT_SIZE))
  }

  /// Units and entries that are left out: what contradicts the format, and what is beyond
  /// the bound on shared units.
  var damaged: Int { contradictions + sharedReads.refusals }

  /// Fills in the table of `process` in order of fd, from its record.
  mutating func fill(
    _ process: inout TracedProcess, from record: fdt_process, strings: inout StringTable
  ) {
    let blankBefore = blankUnits
    defer { if blankUnits > blankBefore { withBlankUnits.insert(process.id) } }
    guard let shared = sharedTable(of: record) else {
      process.descriptors = descriptors(of: record, strings: &strings)
      return
    }
    if let known = sharedTables[shared] {
      guard sharedReads.spend(known.cost / Self.costOfKnownTable + 1) else { return }
      process.descriptors = known.descriptors
      process.sharedTable = known.number
      if known.hasBlankUnits { withBlankUnits.insert(process.id) }
      return
    }
    let before = sharedReads.left
    process.descriptors = descriptors(of: record, strings: &strings)
    process.sharedTable = sharedTables.count
    sharedTables[shared] = SharedTableContent(
      number: sharedTables.count, descriptors: process.descriptors,
      cost: before - sharedReads.left, hasBlankUnits: blankUnits > blankBefore)
  }

  /// What a table of nothing but shared units is known by; nil for another.
  private func sharedTable(of record: fdt_process) -> SharedTable? {
    let blocks = elements(of: record.direct, as: fdt_block_ref.self)
    let references = blocks.map(\.live) + elements(of: record.root, as: UInt32.self)
    guard blocks.allSatisfy({ $0.detail == 0 }), references.contains(where: { $0 != 0 }),
      references.allSatisfy({ $0 == 0 || Self.isShared($0) })
    else { return nil }
    return SharedTable(references: references, parent: record.parent)
  }

  private mutating func descriptors(
    of process: fdt_process, strings: inout StringTable
  ) -> [Descriptor] {
    var found: [Descriptor] = []
    for (number, block) in elements(of: process.direct, as: fdt_block_ref.self).enumerated() {
      decode(block, firstFD: number * Int(FDT_BLOCK_FDS), strings: &strings, into: &found)
    }
    for (top, root) in elements(of: process.root, as: UInt32.self).enumerated() where root != 0 {
      guard let middle = take(root) else { continue }
      for (index, leaf) in refs(middle, Int(FDT_MID_ENTRIES), as: UInt32.self)
      where leaf != 0 {
        guard let leaf = take(leaf) else { continue }
        let leafFD = (top * Int(FDT_MID_ENTRIES) + index) * Int(FDT_LEAF_FDS)
        for (slot, block) in refs(leaf, Int(FDT_LEAF_ENTRIES), as: fdt_block_ref.self) {
          decode(
            block, firstFD: leafFD + slot * Int(FDT_BLOCK_FDS), strings: &strings, into: &found)
        }
      }
    }
    // In order as they come, unless the references are hostile.
    let isSorted = found.indices.dropFirst().allSatisfy { found[$0 - 1].fd < found[$0].fd }
    return isSorted ? found : found.sorted { $0.fd < $1.fd }
  }

  private static func isShared(_ reference: UInt32) -> Bool {
    reference & UInt32(FDT_REF_SHARED) != 0
  }

  /// Takes a unit by its number plus one, and returns its offset; nil, counted
  /// as damage, when it is outside or taken.
  private mutating func take(_ reference: UInt32, count: Int = 1) -> Int? {
    let isShared = Self.isShared(reference)
    let unit = Int(reference & ~UInt32(FDT_REF_SHARED)) - 1
    guard unit >= 0, count <= isTaken.count, unit <= isTaken.count - count,
      isShared || !isTaken[unit..<unit + count].contains(true)
    else {
      // Beyond those that were read: a table that was being written while it was.
      let isNew = unit > isTaken.count - count && unit < handedOut
      if !isNew { contradictions += 1 }
      return nil
    }
    if isShared {
      guard sharedReads.spend(count) else { return nil }
    } else {
      for taken in unit..<unit + count { isTaken[taken] = true }
    }
    if count == 1, isBlank(unit) { blankUnits += 1 }
    return unit * Int(FDT_UNIT_SIZE)
  }

  private func isBlank(_ unit: Int) -> Bool {
    units.withPage(at: unit * Int(FDT_UNIT_SIZE)) { page, start in
      !(start..<min(start + Int(FDT_UNIT_SIZE), page.byteCount)).contains {
        page.unsafeLoad(fromByteOffset: $0, as: UInt8.self) != 0
      }
    } ?? true
  }

  private func refs<Ref: BitwiseCopyable>(
    _ offset: Int, _ count: Int, as type: Ref.Type
  ) -> [(Int, Ref)] {
    (0..<count).compactMap { index in
      let at = offset + index * MemoryLayout<Ref>.stride
      return (try? units.load(at: at, as: Ref.self)).map { (index, $0) }
    }
  }

  private mutating func decode(
    _ block: fdt_block_ref, firstFD: Int, strings: inout StringTable, into found: inout [Descriptor]
  ) {
    guard block.live != 0, let live = take(block.live) else { return }
    let details =
      block.detail == 0 || !withDetails ? nil : take(block.detail, count: Int(FDT_DETAIL_UNITS))
    for slot in 0..<Int(FDT_BLOCK_FDS) {
      let at = live + slot * MemoryLayout<fdt_live>.stride
      guard let entry = try? units.load(at: at, as: fdt_live.self), entry.state != 0 else {
        continue
      }
      guard var descriptor = Descriptor(entry, fd: firstFD + slot) else {
        if entry.state & 0xff != 0 { contradictions += 1 }
        continue
      }
      if let details {
        let at = details + slot * MemoryLayout<fdt_detail>.stride
        if let detail = try? units.load(at: at, as: fdt_detail.self),
          detail.generation == descriptor.generation, detail.generation != 0
        {
          descriptor.detail = DescriptorDetail(detail, strings: &strings)
        }
      }
      found.append(descriptor)
    }
  }
}
