import FDTrackFormat
import TraceBytes

/// A trace that is looked at again and again while it is written: of the whole, only the tables
/// that tell what is open now are read each time, and stacks, modules and texts when they are
/// asked for, once.
///
/// Not for use by several threads at once.
public struct LiveTrace: ~Copyable {
  private let bytes: TraceBytes
  private var layout: TraceLayout
  private var calls: [String] = []
  var stacks = LiveStacks()
  var named = NamedStacks()
  /// Those by which stacks were named last.
  var numbers: [Int: [UInt64: Int]] = [:]
  private var modules: [Int: Module] = [:]
  private var texts: [UInt32: String] = [:]

  /// Opens a trace; it stays open, whatever becomes of its name.
  /// - Throws: what ``Trace/init(path:)`` throws.
  public init(path: String) throws(TraceError) { try self.init(TraceBytes(path: path)) }

  public init(_ bytes: consuming TraceBytes) throws(TraceError) {
    layout = try TraceLayout(bytes)
    self.bytes = bytes
  }

  /// Reads what is open now in the processes that `isWanted` chooses, by all that is known of
  /// one but names and descriptors: those that have not ended, unless told otherwise.
  ///
  /// - Parameter withClosed: also what was open once, as far as the tables tell.
  /// - Throws: ``TraceError`` when the file is no whole trace any more, because it was cut or
  ///   overwritten. What contradicts the format in a whole one is left out.
  public mutating func read(
    withClosed: Bool = false, tablesOf isWanted: (TracedProcess) -> Bool = { $0.end == .none }
  ) throws(TraceError) -> LiveReading {
    try bytes.checkLength()
    layout = try TraceLayout(bytes)
    let header = layout.header
    var reading = LiveReading(traceID: header.trace_id, losses: Trace.losses(header))
    reading.host = text(header.host)
    if calls.isEmpty { calls = try Trace.callNames(layout, of: bytes) }
    reading.calls = calls
    reading.sites = Trace.sites(try layout.read(FDT_SECTION_SITES, of: bytes))
    for index in reading.sites.indices {
      reading.sites[index].stack = canonical(reading.sites[index].stack)
    }
    let records = try layout.read(
      FDT_SECTION_PROCESSES, of: bytes, cursor: header.processes_next)
    let units = try layout.read(FDT_SECTION_UNITS, of: bytes, cursor: header.units_next)
    var tables = LiveTableDecoder(units, withDetails: false)
    // Names are read by reference, and only of some.
    var noStrings = StringTable(SparseBytes())
    records.forEachRecord(as: fdt_process.self) { slot, record in
      guard record.state == FDT_RECORD_READY.rawValue else { return }
      var process = TracedProcess(record, id: slot + 1, strings: &noStrings)
      let hasTable = isWanted(process)
      if hasTable {
        tables.fill(&process, from: record, strings: &noStrings)
        if !withClosed { process.descriptors.removeAll { $0.state != .open } }
        for slot in process.descriptors.indices where process.descriptors[slot].site == 0 {
          process.descriptors[slot].stack = canonical(process.descriptors[slot].stack)
        }
      }
      if hasTable || reading.processes.isEmpty {
        process.exe = text(record.exe)
        process.cwd = text(record.cwd)
        // What a program is known by, whatever its file is called.
        if let argument = text(record.argv, upTo: 0) { process.argv = [argument] }
      }
      reading.processes.append(process)
    }
    reading.clock = TraceClock(
      header, earliestTicks: reading.processes.lazy.map(\.startTicks).min() ?? 0,
      latestTicks: reading.latestTicks)
    return reading
  }

  /// The frames of a stack, as ``StackStore/frames(of:atMost:)`` gives them.
  public mutating func frames(of stack: StackNumber) -> [Frame] {
    load(stack)
    return stacks.allFrames(of: stack)
  }

  /// The first number that was met of those of stacks with equal content, which racing writers
  /// may store twice.
  mutating func canonical(_ stack: StackNumber) -> StackNumber {
    load(stack)
    return stacks.canonical(stack)
  }

  /// Gets the nodes of a stack that are not there yet.
  private mutating func load(_ stack: StackNumber) {
    var number = stack
    for _ in 0..<StackStore.maximumDepth {
      guard number != 0, !stacks.has(number), let node = node(of: number) else { return }
      stacks.insert(node, as: number)
      number = node.parent
    }
  }

  private func node(of stack: StackNumber) -> StackStore.Node? {
    guard let node: fdt_stack_node = record(FDT_SECTION_STACKS, Int(stack) - 1),
      Frame.isStored(node.frame)
    else { return nil }
    return .init(frame: node.frame, parent: node.parent)
  }

  /// The module of that number; nil while it is not there.
  public mutating func module(_ number: Int) -> Module? {
    if let known = modules[number] { return known }
    guard let record: fdt_module = record(FDT_SECTION_MODULES, number - 1), record.key != 0
    else { return nil }
    let module = Module(record, number: number, path: text(record.path))
    modules[number] = module
    return module
  }

  /// The text of a reference, or its beginning up to a byte.
  private mutating func text(_ reference: UInt32, upTo end: UInt8? = nil) -> String? {
    if let known = texts[reference] { return known }
    guard reference != 0,
      let word: UInt32 = value(FDT_SECTION_STRINGS, at: UInt64(reference)), word != 0,
      case let size = min(Int(word & ~UInt32(FDT_STRING_CUT)), StringTable.longest),
      let text = bytes(FDT_SECTION_STRINGS, at: UInt64(reference) + 4, count: size)
    else { return nil }
    // Of a hostile trace, references may be others each time.
    if texts.count > Self.textLimit { texts = [:] }
    let decoded = String(decoding: text.prefix { $0 != end }, as: UTF8.self)
    texts[reference] = decoded
    return decoded
  }

  private static let textLimit = 4096

  // MARK: Bytes

  private func record<Record: BitwiseCopyable>(_ section: fdt_section_id, _ slot: Int) -> Record? {
    guard slot >= 0, slot < layout.capacity(section) else { return nil }
    return value(section, at: UInt64(slot) * UInt64(MemoryLayout<Record>.stride))
  }

  private func value<Value: BitwiseCopyable>(_ section: fdt_section_id, at offset: UInt64) -> Value?
  {
    guard let start = layout.place(section, offset, count: MemoryLayout<Value>.size) else {
      return nil
    }
    return try? bytes.sparse(at: start, count: MemoryLayout<Value>.size).load(at: 0, as: Value.self)
  }

  private func bytes(_ section: fdt_section_id, at offset: UInt64, count: Int) -> [UInt8]? {
    guard let start = layout.place(section, offset, count: count) else { return nil }
    return try? bytes.sparse(at: start, count: count).copy(0..<count)
  }
}
