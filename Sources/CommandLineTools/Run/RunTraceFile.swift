import FDTrackFormat
import Glibc
import SystemPackage
import TraceModel

/// The process table of a trace, for the little that `fdtrack run` does with
/// it before and after the command. Everything read is hostile: it is checked
/// against the file's size before use.
struct RunTraceFile: ~Copyable {
  /// More records than this are not looked at.
  static let recordLimit = 65_536

  private let descriptor: FileDescriptor
  private let firstRecord: Int64
  private let stride: Int64
  private let count: Int64
  private let clock: TraceClock
  /// To tell whether another process maps this very file.
  let inode: UInt64

  /// Why a file is not used.
  enum Refusal: Error, Equatable {
    case cannotOpen(Errno)
    case empty
    case notATrace
  }

  /// nil for what is refused.
  init?(path: FilePath, writable: Bool = false) {
    do throws(Refusal) {
      try self.init(opening: path, writable: writable)
    } catch {
      return nil
    }
  }

  /// Opens a trace of this machine's byte order and this version, without
  /// following a link.
  init(opening path: FilePath, writable: Bool = false) throws(Refusal) {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(
        path, writable ? .readWrite : .readOnly, options: [.noFollow, .closeOnExec, .nonBlocking])
    } catch let error as Errno where error != .tooManySymbolicLinkLevels {
      throw .cannotOpen(error)
    } catch {
      throw .notATrace
    }
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let table = Self.table(of: descriptor, size: Int64(status.st_size))
    else {
      try? descriptor.close()
      throw status.st_mode & S_IFMT == S_IFREG && status.st_size == 0 ? .empty : .notATrace
    }
    self.descriptor = descriptor
    self.firstRecord = table.offset
    self.stride = table.stride
    self.count = table.count
    self.clock = table.clock
    self.inode = UInt64(status.st_ino)
  }

  deinit {
    try? descriptor.close()
  }

  /// The pids that have a record, no end, and so may still write.
  func openEnded() -> Set<pid_t> {
    var pids: Set<pid_t> = []
    forEachRecord { _, record in
      if record.end_kind == FDT_END_NONE.rawValue, let pid = pid_t(exactly: record.pid), pid > 0 {
        pids.insert(pid)
      }
    }
    return pids
  }

  /// What is on its way into the trace: pids of programs that an exec or a spawn has yet to start,
  /// or whose programs never join, and whether a record is being made.
  func underWay() -> (pids: Set<pid_t>, isRecordBeingMade: Bool) {
    var latest: [UInt32: fdt_process] = [:]
    var isBeingMade = false
    forEachRecord(inclusive: true) { _, record in
      if record.state == FDT_RECORD_BUSY.rawValue { isBeingMade = true }
      if record.state == FDT_RECORD_READY.rawValue { latest[record.pid] = record }
    }
    let waiting = latest.values.filter { record in
      record.end_kind == FDT_END_NONE.rawValue && record.pid > 0
        && (Self.isUnattached(record) || record.flags & FDT_PROCESS_EXEC_PENDING.rawValue != 0)
    }
    return (Set(waiting.compactMap { pid_t(exactly: $0.pid) }), isBeingMade)
  }

  /// What of a process the trace does not tell.
  enum Gap { case all, sinceExec, directCalls }

  /// nil when the latest program of the process wrote to the trace all that it did, as far as that
  /// tells, or nothing is known of it.
  func gap(of pid: pid_t) -> Gap? {
    var gap: Gap?
    forEachRecord { _, record in
      guard record.pid == UInt32(bitPattern: pid) else { return }
      let flags = TracedProcess.Flags(rawValue: record.flags)
      gap =
        if Self.isUnattached(record) {
          .all
        } else if flags.contains(.execPending) {
          .sinceExec
        } else if flags.contains(.directCalls),
          !flags.contains(.snapshot) || flags.contains(.endTold)
        {
          .directCalls
        } else {
          nil
        }
    }
    return gap
  }

  /// Writes how a process ended into its latest record, where the recorder
  /// itself could not see it (the process was killed, or its status was not
  /// known); anything else in the file stays as it is.
  ///
  /// The kind is written last, so that a reader never sees it without its code.
  /// - Parameter now: the moment on CLOCK_MONOTONIC, told where the recorder tells none.
  /// - Returns: false when there is no such record.
  func record(_ end: RunEnd, of pid: pid_t, atMonotonicNs now: UInt64) -> Bool {
    var found: (offset: Int64, process: fdt_process)?
    forEachRecord { offset, record in
      if record.pid == UInt32(bitPattern: pid) { found = (offset, record) }
    }
    guard let found, found.process.end_kind == FDT_END_NONE.rawValue,
      let flagsOffset = MemoryLayout<fdt_process>.offset(of: \.flags),
      let kindOffset = MemoryLayout<fdt_process>.offset(of: \.end_kind),
      let codeOffset = MemoryLayout<fdt_process>.offset(of: \.end_code),
      let ticksOffset = MemoryLayout<fdt_process>.offset(of: \.end_ticks)
    else { return found != nil }
    if found.process.end_ticks == 0, let ticks = clock.moment(monotonicNs: now) {
      guard write(ticks, at: found.offset + Int64(ticksOffset)) else { return false }
    }
    let (kind, code) =
      switch end {
      case .exited(let status): (FDT_END_EXIT.rawValue, status)
      case .killed(let signal): (FDT_END_SIGNAL.rawValue, signal)
      }
    let flags = found.process.flags | FDT_PROCESS_END_TOLD.rawValue
    return write(flags, at: found.offset + Int64(flagsOffset))
      && write(code, at: found.offset + Int64(codeOffset))
      && write(kind, at: found.offset + Int64(kindOffset))
  }

  /// A program that somebody started, and that has not joined.
  private static func isUnattached(_ record: fdt_process) -> Bool {
    record.how == FDT_HOW_SPAWN.rawValue && record.flags & FDT_PROCESS_ATTACHED.rawValue == 0
  }

  // MARK: Bytes

  /// - Parameter inclusive: those that are not published, too.
  private func forEachRecord(inclusive: Bool = false, _ body: (Int64, fdt_process) -> Void) {
    for index in 0..<count {
      let offset = firstRecord + index * stride
      guard let record = Self.read(fdt_process(), from: descriptor, at: offset) else { return }
      if inclusive || record.state == FDT_RECORD_READY.rawValue { body(offset, record) }
    }
  }

  private static func table(
    of descriptor: FileDescriptor, size: Int64
  ) -> (offset: Int64, stride: Int64, count: Int64, clock: TraceClock)? {
    guard let header = read(fdt_header(), from: descriptor, at: 0),
      withUnsafeBytes(of: header.magic, { $0.elementsEqual(Trace.magic) }),
      header.byte_order == FDT_BYTE_ORDER, header.version == FDT_VERSION, header.ready == 1
    else { return nil }
    let section = withUnsafeBytes(of: header.sections) {
      $0.load(
        fromByteOffset: Int(FDT_SECTION_PROCESSES.rawValue) * MemoryLayout<fdt_section>.stride,
        as: fdt_section.self)
    }
    guard let offset = Int64(exactly: section.offset), offset <= size,
      section.stride >= MemoryLayout<fdt_process>.size
    else { return nil }
    let stride = Int64(section.stride)
    let used = min(header.processes_next, UInt64(section.count), UInt64(recordLimit))
    return (offset, stride, min(Int64(used), (size - offset) / stride), TraceClock(header))
  }

  /// `value` with its bytes replaced by those of the file; nil when they are not all there.
  private static func read<Value: BitwiseCopyable>(
    _ value: Value, from descriptor: FileDescriptor, at offset: Int64
  ) -> Value? {
    var value = value
    let size = MemoryLayout<Value>.size
    let count = withUnsafeMutableBytes(of: &value) {
      try? descriptor.read(fromAbsoluteOffset: offset, into: $0)
    }
    return count == size ? value : nil
  }

  private func write(_ value: some BitwiseCopyable, at offset: Int64) -> Bool {
    withUnsafeBytes(of: value) {
      (try? descriptor.writeAll(toAbsoluteOffset: offset, $0)) != nil
    }
  }
}
