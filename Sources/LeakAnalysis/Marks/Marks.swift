import TraceModel

/// Which mark each descriptor belongs to, by the rule of `struct fdt_mark`: that of its
/// opener's thread, else that of the process, else what the process began with.
struct Marks: Sendable {
  /// Marks of equal name are one: a test that ran again, or in several processes. In the order
  /// in which they first began.
  private(set) var findings: [MarkFinding] = []
  /// Index in `findings` by `MarkRecord.id`.
  private var finding: [Int: Int] = [:]
  /// Sorted by owner, then by when they began.
  private var records: [MarkRecord] = []
  private var places: [Owner: Range<Int>] = [:]
  /// `MarkRecord.id` that a process began with, by `TracedProcess.id`.
  private var first: [Int: Int] = [:]

  private struct Owner: Hashable {
    var process: Int
    var thread: UInt32?
  }

  /// False in a trace of programs that said nothing.
  var isEmpty: Bool { findings.isEmpty }

  init(_ trace: Trace) {
    addFindings(trace)
    records = trace.marks.sorted {
      ($0.process, $0.thread ?? 0, $0.beginTicks, $0.id)
        < ($1.process, $1.thread ?? 0, $1.beginTicks, $1.id)
    }
    var start = 0
    for place in records.indices {
      let owner = Owner(process: records[place].process, thread: records[place].thread)
      if place + 1 < records.count, records[place + 1].process == owner.process,
        records[place + 1].thread == owner.thread
      {
        continue
      }
      places[owner] = start..<place + 1
      start = place + 1
    }
    for process in trace.processes {
      if let mark = process.mark { first[process.id] = mark }
    }
  }

  private mutating func addFindings(_ trace: Trace) {
    var known: [String: Int] = [:]
    let inTime = trace.marks.sorted { ($0.beginTicks, $0.id) < ($1.beginTicks, $1.id) }
    for record in inTime {
      let name = record.name ?? MarkFinding.lostName
      let index =
        known[name]
        ?? {
          findings.append(
            MarkFinding(name: name, firstBegunNs: trace.clock.nanoseconds(at: record.beginTicks)))
          known[name] = findings.count - 1
          return findings.count - 1
        }()
      findings[index].runs += 1
      finding[record.id] = index
    }
  }

  /// Index in `findings`; nil when it was opened in no mark.
  func index(of descriptor: Descriptor) -> Int? {
    let id = place(of: descriptor).map { records[$0].id } ?? first[descriptor.origin]
    return id.flatMap { finding[$0] }
  }

  /// True when it was opened in a mark of its process or thread that ended at `end` or before.
  func isOver(for descriptor: Descriptor, by end: UInt64) -> Bool {
    guard let place = place(of: descriptor) else { return false }
    if let ended = records[place].endTicks { return ended <= end }
    // A new one ends the one before.
    let next = place + 1
    return next < records.count && records[next].process == records[place].process
      && records[next].thread == records[place].thread
  }

  /// Index in `records` of the mark that its process or thread had said.
  private func place(of descriptor: Descriptor) -> Int? {
    let (process, ticks) = (descriptor.origin, descriptor.openedTicks)
    return inForce(Owner(process: process, thread: descriptor.thread), at: ticks)
      ?? inForce(Owner(process: process, thread: nil), at: ticks)
  }

  /// Index in `findings` of a record.
  func index(of record: MarkRecord) -> Int? { finding[record.id] }

  /// Index in `findings` of what a process began with.
  func index(ofProcess process: TracedProcess) -> Int? { process.mark.flatMap { finding[$0] } }

  /// Index in `records` of the one that began last, unless it had ended.
  private func inForce(_ owner: Owner, at ticks: UInt64) -> Int? {
    guard let place = places[owner] else { return nil }
    let next = records[place].partitioningIndex { $0.beginTicks > ticks }
    guard next > place.lowerBound else { return nil }
    return ticks < records[next - 1].endTicks ?? .max ? next - 1 : nil
  }
}
