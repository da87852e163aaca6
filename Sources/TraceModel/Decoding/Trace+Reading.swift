import FDTrackFormat
import TraceBytes

extension Trace {
  /// Reads the trace in a file. It may still be written; nothing is disturbed.
  ///
  /// Throws when the file is no whole trace of this version. Inside one, what
  /// contradicts the format is left out, and counted in `damaged` with what is missing.
  public init(path: String) throws(TraceError) {
    try self.init(TraceBytes(path: path))
  }

  public init(_ bytes: borrowing TraceBytes) throws(TraceError) {
    self.init(info: TraceInfo(), clock: TraceClock(), stacks: StackStore(), events: EventRing())
    let layout = try TraceLayout(bytes)
    let header = layout.header
    // What refers to others is read before them: in a trace that is being written, no reference
    // leads to what came only after the look at it.
    let processes = try layout.read(
      FDT_SECTION_PROCESSES, of: bytes, cursor: header.processes_next)
    let next = try TraceLayout.header(of: bytes)
    let units = try layout.read(FDT_SECTION_UNITS, of: bytes, cursor: next.units_next)
    readClosers(try layout.read(FDT_SECTION_CLOSERS, of: bytes))
    readMisuses(try layout.read(FDT_SECTION_MISUSES, of: bytes))
    sites = Self.sites(try layout.read(FDT_SECTION_SITES, of: bytes))
    events = EventRing(
      try layout.read(FDT_SECTION_RING, of: bytes, cursor: next.ring_next),
      capacity: layout.capacity(FDT_SECTION_RING), claimed: next.ring_next)
    readStacks(try layout.read(FDT_SECTION_STACKS, of: bytes))
    let modules = try layout.read(FDT_SECTION_MODULES, of: bytes, cursor: 1 << 16)
    let marks = try layout.read(FDT_SECTION_MARKS, of: bytes, cursor: next.marks_next)
    calls = try Self.callNames(layout, of: bytes)
    let last = try TraceLayout.header(of: bytes)
    var strings = StringTable(
      try layout.read(FDT_SECTION_STRINGS, of: bytes, cursor: last.strings_next))
    var tables = LiveTableDecoder(
      units, handedOut: min(last.units_next, UInt64(layout.capacity(FDT_SECTION_UNITS))))

    info = TraceInfo(
      traceID: header.trace_id, host: strings.text(header.host),
      kernel: strings.text(header.kernel), libc: strings.text(header.libc))
    losses = Self.losses(last)
    var missing = MissingRecords(
      ofProcesses: min(header.processes_next, UInt64(layout.capacity(FDT_SECTION_PROCESSES))))
    processes.forEachRecord(as: fdt_process.self) { slot, record in
      missing.look(at: record, in: strings)
      guard record.state == FDT_RECORD_READY.rawValue else { return }
      var process = TracedProcess(record, id: slot + 1, strings: &strings)
      tables.fill(&process, from: record, strings: &strings)
      self.processes.append(process)
    }
    fillInheritedDetails()
    readModules(modules, &strings)
    readMarks(marks, &strings)
    damaged += tables.damaged + strings.refused
    damaged += missing.count(
      in: self, blank: tables.withBlankUnits,
      now: {
        try? layout.record(FDT_SECTION_PROCESSES, UInt64($0), as: fdt_process.self, of: bytes)
      },
      stackNow: {
        try? layout.record(FDT_SECTION_STACKS, UInt64($0), as: fdt_stack_node.self, of: bytes)
      })
    clock = TraceClock(
      header, earliestTicks: self.processes.map(\.startTicks).min() ?? 0,
      latestTicks: latestTicks())
  }

  /// The latest moment that any record tells of.
  private func latestTicks() -> UInt64 {
    var latest = events.latestTicksByProcess.values.max() ?? 0
    for process in processes {
      latest = max(
        latest, process.startTicks, process.endTicks ?? 0, process.snapshotTicks ?? 0)
    }
    for site in sites { latest = max(latest, site.lastTicks) }
    for closer in closers { latest = max(latest, closer.lastTicks) }
    return latest
  }

  static func losses(_ header: fdt_header) -> [Loss] {
    elements(of: header.losses, as: UInt64.self).enumerated().compactMap { number, count in
      guard count > 0 else { return nil }
      let number = UInt32(number)
      guard let name = fdt_loss_name(number), let text = fdt_loss_text(number, count),
        let about = fdt_loss_text(number, .max)
      else {
        let unknown = "a loss this program does not know"
        return Loss(name: "loss_\(number)", text: unknown, about: unknown, count: count)
      }
      return Loss(
        name: String(cString: name), text: String(cString: text), about: String(cString: about),
        count: count)
    }
  }

  /// Of as many slots as records can refer to.
  static func callNames(
    _ layout: TraceLayout, of bytes: borrowing TraceBytes
  ) throws(TraceError) -> [String] {
    let section = try layout.read(FDT_SECTION_CALLS, of: bytes, cursor: 1 << 16)
    var names: [String] = []
    section.forEachRecord(as: fdt_call.self) { slot, call in
      while names.count < slot { names.append("") }
      let bytes = elements(of: call.name, as: UInt8.self).prefix { $0 != 0 }
      names.append(String(decoding: bytes, as: UTF8.self))
    }
    while names.last == "" { names.removeLast() }
    return names
  }

  private mutating func readStacks(_ section: SparseBytes) {
    section.forEachRecord(as: fdt_stack_node.self) { slot, node in
      guard Frame.isStored(node.frame) else { return }
      stacks.insert(
        .init(frame: node.frame, parent: node.parent), as: StackNumber(truncatingIfNeeded: slot + 1)
      )
    }
  }

  private mutating func readModules(_ section: SparseBytes, _ strings: inout StringTable) {
    section.forEachRecord(as: fdt_module.self) { slot, record in
      guard record.key != 0 else { return }
      modules.append(Module(record, number: slot + 1, path: strings.text(record.path)))
    }
  }

  private mutating func readMarks(_ section: SparseBytes, _ strings: inout StringTable) {
    section.forEachRecord(as: fdt_mark.self) { slot, record in
      guard record.state == FDT_RECORD_READY.rawValue else { return }
      marks.append(MarkRecord(record, id: slot + 1, strings: &strings))
    }
  }

  static func sites(_ section: SparseBytes) -> [SiteRecord] {
    var sites: [SiteRecord] = []
    section.forEachRecord(as: fdt_site.self) { slot, record in
      guard record.state == FDT_RECORD_READY.rawValue else { return }
      sites.append(
        SiteRecord(
          id: UInt32(truncatingIfNeeded: slot + 1), process: Int(record.process),
          stack: record.stack, call: record.call,
          kind: DescriptorKind(rawValue: UInt32(record.kind)), opened: record.opened,
          closed: record.closed, firstTicks: record.first_ticks, lastTicks: record.last_ticks,
          peakTicks: record.peak_ticks, peak: record.peak, atLimit: record.at_limit))
    }
    return sites
  }

  private mutating func readClosers(_ section: SparseBytes) {
    section.forEachRecord(as: fdt_closer.self) { _, record in
      guard record.state == FDT_RECORD_READY.rawValue else { return }
      closers.append(
        CloserRecord(
          site: record.site, stack: record.stack, call: record.call, count: record.count,
          minTicks: record.min_ticks, maxTicks: record.max_ticks, lastTicks: record.last_ticks,
          lifetimes: elements(of: record.lifetimes, as: UInt32.self)))
    }
  }

  private mutating func readMisuses(_ section: SparseBytes) {
    section.forEachRecord(as: fdt_misuse.self) { _, record in
      guard record.state == FDT_RECORD_READY.rawValue else { return }
      guard let misuse = MisuseRecord(record) else {
        damaged += 1
        return
      }
      misuses.append(misuse)
    }
  }

  /// What fork copied has no cold part of its own: it is the opener's, found
  /// up the tree at the same fd while its generation is the same.
  private mutating func fillInheritedDetails() {
    var filled: [Int: [Descriptor]] = [:]
    for index in processes.indices {
      if let table = processes[index].sharedTable, let known = filled[table] {
        processes[index].descriptors = known
        continue
      }
      defer {
        if let table = processes[index].sharedTable { filled[table] = processes[index].descriptors }
      }
      let ancestors = ancestors(of: index)
      for slot in processes[index].descriptors.indices {
        let entry = processes[index].descriptors[slot]
        guard entry.coldPart == nil && (entry.via == .fork || entry.via == .exec),
          let found = inheritedDetail(of: entry, in: index, from: ancestors)
        else { continue }
        processes[index].descriptors[slot].coldPart = found
      }
    }
  }

  /// Ancestors looked at: more than the depth of any tree of real programs.
  private static let deepestInheritance = 64

  /// Where the ancestors of a process stand among all, the parent first.
  private func ancestors(of process: Int) -> [Int] {
    var line: [Int] = []
    var next = processes[process].parent
    while line.count < Self.deepestInheritance, let id = next,
      let index = processes.sortedIndex(of: id, by: \.id)
    {
      line.append(index)
      next = processes[index].parent
    }
    return line
  }

  private func inheritedDetail(
    of entry: Descriptor, in holder: Int, from ancestors: [Int]
  ) -> Descriptor.ColdPart? {
    for index in ancestors {
      if let slot = processes[index].descriptors.slot(of: entry.fd),
        processes[index].descriptors[slot].generation == entry.generation
      {
        let candidate = processes[index].descriptors[slot]
        if let detail = candidate.coldPart { return detail }
        // Its own ancestors were asked before.
        if index < holder, candidate.via == .fork || candidate.via == .exec { return nil }
      }
      if processes[index].id == entry.origin { return nil }
    }
    return nil
  }
}

extension Module {
  init(_ record: fdt_module, number: Int, path: String?) {
    let size = min(Int(record.build_id_size), Int(FDT_BUILD_ID_MAX))
    self.init(
      number: number, path: path,
      buildID: Array(elements(of: record.build_id, as: UInt8.self).prefix(size)),
      start: record.start, end: record.end)
  }
}

extension EventRing {
  /// `chunks` are the used ones of `capacity`; `claimed` were ever handed out.
  init(_ chunks: SparseBytes, capacity: Int, claimed: UInt64) {
    self.chunks = chunks
    self.capacity = capacity
    var chunksKept: UInt64 = 0
    var oldest: (sequence: UInt64, ticks: UInt64)?
    forEachChunk { head, bytes in
      chunksKept += 1
      var latest: UInt64 = 0
      var first: UInt64?
      Self.forEachRecord(of: head, in: bytes) { record in
        kept += 1
        latest = max(latest, record.ticks)
        if first == nil { first = record.ticks }
      }
      if let first, head.sequence < oldest?.sequence ?? .max { oldest = (head.sequence, first) }
      latestTicksByProcess[Int(head.process), default: 0] = max(
        latest, latestTicksByProcess[Int(head.process)] ?? 0)
    }
    chunksMissing = Int(
      clamping: min(claimed, UInt64(capacity)).subtractingWithSaturation(chunksKept))
    isTotalExact = claimed <= UInt64(capacity)
    wholeSinceTicks = isTotalExact ? nil : oldest?.ticks
    let gone = isTotalExact ? 0 : claimed.subtractingWithSaturation(chunksKept)
    let (lost, overflow) = gone.multipliedReportingOverflow(by: UInt64(FDT_CHUNK_RECORDS))
    total = overflow ? .max : kept.addingWithSaturation(lost)
  }
}
