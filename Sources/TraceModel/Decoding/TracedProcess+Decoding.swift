import FDTrackFormat

extension TracedProcess {
  init(_ record: fdt_process, id: Int, strings: inout StringTable) {
    self.init(id: id)
    pid = Int(record.pid)
    // A parent takes its slot before its children do, so a link that does not
    // lead back is damage; and chains of links cannot be cycles.
    parent = record.parent > 0 && record.parent < id ? Int(record.parent) : nil
    how = How(record.how)
    exe = strings.text(record.exe)
    argv = strings.arguments(record.argv)
    cwd = strings.text(record.cwd)
    flags = Flags(rawValue: record.flags)
    bornStack = record.born_stack
    bornCall = record.born_call
    startTicks = record.start_ticks
    endTicks = record.end_ticks == 0 ? nil : record.end_ticks
    fdLimit = Self.limit(record.fd_limit)
    fdLimitHard = Self.limit(record.fd_limit_hard)
    end = End(record.end_kind, code: record.end_code)
    opened = record.opened
    closed = record.closed
    inherited = record.inherited
    peak = record.peak
    peakTicks = record.peak_ticks
    snapshotTicks = record.snapshot_ticks == 0 ? nil : record.snapshot_ticks
    unseen = record.unseen
    vanished = record.vanished
    execStack = record.exec_stack
    execCall = record.exec_call
    let asked = elements(of: record.asked, as: UInt8.self).prefix { $0 != 0 }
    self.asked = asked.isEmpty ? nil : String(decoding: asked, as: UTF8.self)
    mark = record.mark == 0 ? nil : Int(record.mark)
    loadsAround = Int(record.loads_around)
    loadedAround = strings.text(record.loaded_around)
    if record.limit_ticks != 0 {
      limitHit = LimitHit(
        ticks: record.limit_ticks, stack: record.limit_stack, call: record.limit_call)
    }
  }

  private static func limit(_ value: UInt64) -> UInt64? {
    value == 0 || value == .max ? nil : value
  }
}

extension TracedProcess.How {
  init(_ value: UInt32) {
    switch fdt_how(rawValue: value) {
    case FDT_HOW_START: self = .start
    case FDT_HOW_FORK: self = .fork
    case FDT_HOW_VFORK: self = .vfork
    case FDT_HOW_SPAWN: self = .spawn
    case FDT_HOW_EXEC: self = .exec
    default: self = .attach
    }
  }
}

extension TracedProcess.End {
  init(_ kind: UInt32, code: Int32) {
    switch fdt_end(rawValue: kind) {
    case FDT_END_EXIT: self = .exit(status: code)
    case FDT_END_SIGNAL: self = .signal(code)
    case FDT_END_EXEC: self = .exec
    default: self = .none
    }
  }
}
