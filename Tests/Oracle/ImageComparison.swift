import TraceModel

/// Holds one record of the trace against what the log tells of the same image.
struct ImageComparison {
  let image: ProcessImage
  let record: TracedProcess
  let trace: Trace
  /// The program that it went on as is in the trace, which then closed in this record
  /// what exec closed.
  let isFollowed: Bool
  private(set) var mismatches: [Mismatch] = []
  private var visibility: Visibility

  init(_ image: ProcessImage, _ record: TracedProcess, _ trace: Trace, isFollowed: Bool) {
    self.image = image
    self.record = record
    self.trace = trace
    self.isFollowed = isFollowed
    visibility = Visibility(image.changes, unseen: image.birthCloses)
  }

  var visible: [Change] { visibility.visible.sorted().map { image.changes[$0] } }

  func count(_ kind: Change.Kind) -> Int { visible.filter { $0.kind == kind }.count }

  private var closedByExec: Set<Int> {
    if isFollowed, case .exec(let closed) = image.end { closed } else { [] }
  }

  mutating func compare(events: [Event], sites: [SiteRecord]) {
    settleDoubts(events)
    compareTables()
    compareTotals()
    compareSites(sites)
    compareOpenings(events)
    compareClosings(events)
    compareEnd()
  }

  private mutating func miss(_ text: String, fd: Int? = nil, line: Int? = nil) {
    let entry = fd.map { record.descriptor($0).map(describe) ?? "none" }
    mismatches.append(
      Mismatch(
        pid: image.pid, image: image.number, record: record.id, fd: fd, line: line, text: text,
        entry: entry))
  }

  private func describe(_ entry: Descriptor) -> String {
    let end = entry.note.map { ", then \(trace.callName($0.call)) by thread \($0.thread)" } ?? ""
    return "\(entry.state), via \(entry.via), by \(trace.callName(entry.call)) of thread"
      + " \(entry.thread) in process \(entry.origin), opening \(entry.generation)\(end)"
  }

  /// Without marks, a function that opens and closes a number may have done so in one
  /// call or in two: the trace decides, and its counts are held against the log.
  private mutating func settleDoubts(_ events: [Event]) {
    guard !visibility.doubtful.isEmpty else { return }
    var told: [Key: Int] = [:]
    for event in events where event.isOpening { told[key(event), default: 0] += 1 }
    for change in visible where change.kind == .opened { told[key(change), default: 0] -= 1 }
    for pair in visibility.doubtful where told[key(image.changes[pair.opened]), default: 0] > 0 {
      told[key(image.changes[pair.opened]), default: 0] -= 1
      visibility.show(pair)
    }
  }

  // MARK: What is open

  private mutating func compareTables() {
    let kept = image.left.filter { !closedByExec.contains($0.key) }
    let table = Dictionary(
      uniqueKeysWithValues: record.descriptors.filter { $0.state == .open }.map { ($0.fd, $0) })
    for descriptor in record.descriptors where descriptor.state == .closing {
      miss("still being closed in the trace", fd: descriptor.fd)
    }
    for (fd, held) in kept.sorted(by: { $0.key < $1.key }) where !isUncertain(fd) {
      let opener = held.change.map { image.changes[$0] }
      guard let descriptor = table[fd] else {
        miss(
          "untracked: open at the end, by \(opener?.origin.name ?? "the start")", fd: fd,
          line: opener?.line)
        continue
      }
      if descriptor.flags.contains(.closeOnExec) != held.closeOnExec {
        miss(
          "FD_CLOEXEC is \(held.closeOnExec), the trace says otherwise", fd: fd, line: opener?.line)
      }
      if (opener == nil) == (descriptor.via == .open) {
        miss("was open at the start: \(opener == nil), the trace says otherwise", fd: fd)
      }
      let call = trace.callName(descriptor.call)
      if let opener, !opener.origin.isIn(call) {
        miss(
          "opened by \(opener.origin.name), the trace says by \(call)", fd: fd, line: opener.line)
      }
    }
    for (fd, descriptor) in table.sorted(by: { $0.key < $1.key })
    where kept[fd] == nil && !isUncertain(fd) {
      miss("stale: open in the trace, by \(trace.callName(descriptor.call))", fd: fd)
    }
    let unseen = table.values.filter { $0.via == .unseen && !isUncertain($0.fd) }.map(\.fd).sorted()
    let doubts = image.uncertain.count
    if !unseen.isEmpty || Int(record.unseen) > doubts || Int(record.vanished) > doubts {
      miss("\(record.unseen) unseen \(unseen), \(record.vanished) vanished")
    }
  }

  private func isUncertain(_ fd: Int) -> Bool { image.unresolved.contains(fd) }

  // MARK: Counts

  private mutating func compareTotals() {
    let opened = count(.opened)
    let closed = count(.closed) + count(.replaced) + closedByExec.count
    if record.opened != UInt64(opened) {
      miss("\(opened) were opened, the trace says \(record.opened)")
    }
    let doubts = image.uncertain.count
    if abs(Int(clamping: record.closed) - closed) > doubts {
      miss("\(closed) were closed, the trace says \(record.closed)")
    }
    let start = image.start.count - image.birthCloses.count
    if abs(Int(record.inherited) - start) > doubts {
      miss("\(start) were open at the start, the trace says \(record.inherited)")
    }
  }

  private mutating func compareSites(_ sites: [SiteRecord]) {
    var told: [String: (opened: Int, closed: Int)] = [:]
    for site in sites {
      told[trace.callName(site.call), default: (0, 0)].opened += Int(clamping: site.opened)
      told[trace.callName(site.call), default: (0, 0)].closed += Int(clamping: site.closed)
    }
    var counted: [String: (opened: Int, closed: Int)] = [:]
    for index in visibility.visible where image.changes[index].kind == .opened {
      let change = image.changes[index]
      let name = callName(change, in: told.keys)
      counted[name, default: (0, 0)].opened += 1
      let endsByExec = change.end == nil && closedByExec.contains(change.fd)
      if change.end != nil || endsByExec { counted[name, default: (0, 0)].closed += 1 }
    }
    for name in Set(told.keys).union(counted.keys).sorted() {
      let (ours, theirs) = (counted[name] ?? (0, 0), told[name] ?? (0, 0))
      if ours != theirs {
        miss(
          "\(name) opened \(ours.opened), of which \(ours.closed) were closed; the trace's sites"
            + " say \(theirs.opened) and \(theirs.closed)")
      }
    }
  }

  private func callName(_ change: Change, in known: some Collection<String>) -> String {
    if case .wrapper(let names) = change.origin {
      names.first { known.contains($0) } ?? names[0]
    } else {
      change.origin.name
    }
  }

  // MARK: Events

  private struct Key: Hashable {
    var thread: Int
    var fd: Int
  }

  private func key(_ event: Event) -> Key { Key(thread: Int(event.thread), fd: event.fd) }
  private func key(_ change: Change) -> Key { Key(thread: change.thread, fd: change.fd) }

  private mutating func compareOpenings(_ events: [Event]) {
    compareSequences(
      "opened", Dictionary(grouping: visible.filter { $0.kind == .opened }, by: key),
      Dictionary(grouping: events.filter(\.isOpening), by: key))
  }

  /// What dup2 ends has no event of its own, and what freopen ends has one whichever
  /// way libc goes about it: those are in the totals.
  private mutating func compareClosings(_ events: [Event]) {
    func isCounted(_ name: String) -> Bool { !name.hasPrefix("freopen") }
    for (what, kind) in [("closed", Change.Kind.closed), ("refused to close", .refused)] {
      compareSequences(
        what,
        Dictionary(
          grouping: visible.filter { $0.kind == kind && isCounted($0.origin.name) }, by: key),
        Dictionary(
          grouping: events.filter {
            $0.kind == .closed && ($0.result == 0) == (kind == .closed)
              && isCounted(trace.callName($0.call))
          }, by: key))
    }
  }

  private mutating func compareSequences(
    _ what: String, _ changes: [Key: [Change]], _ events: [Key: [Event]]
  ) {
    for key in Set(changes.keys).union(events.keys).filter({ !image.uncertain.contains($0.fd) })
      .sorted(by: {
        ($0.thread, $0.fd) < ($1.thread, $1.fd)
      })
    {
      let (ours, theirs) = (changes[key] ?? [], events[key] ?? [])
      let names = theirs.map { trace.callName($0.call) }
      let agree = ours.count == names.count && zip(ours, names).allSatisfy { $0.origin.isIn($1) }
      if agree { continue }
      let first = zip(ours, names).firstIndexOfDisagreement ?? min(ours.count, names.count)
      miss(
        "\(what) by thread \(key.thread): \(ours.map(\.origin.name)), the trace's events say"
          + " \(names)", fd: key.fd,
        line: first < ours.count ? ours[first].line : ours.last?.line)
    }
  }

  // MARK: The end

  private mutating func compareEnd() {
    switch (image.end, record.end) {
    case (.exited(let status), .exit(let told)) where status == Int(told): break
    case (.exited, .none), (.killed, .none), (.killed, .signal): break
    case (.exec, .exec), (.running, .none): break
    case (.exec, _) where !isFollowed: break
    default: miss("ended \(image.end), the trace says \(record.end)")
    }
  }
}

extension Event {
  var isOpening: Bool { kind == .opened || kind == .duplicated || kind == .received }
}

extension Zip2Sequence where Sequence1 == [Change], Sequence2 == [String] {
  var firstIndexOfDisagreement: Int? {
    enumerated().first { !$0.element.0.origin.isIn($0.element.1) }?.offset
  }
}
