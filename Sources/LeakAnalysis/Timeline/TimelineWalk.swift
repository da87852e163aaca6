import TraceModel

/// Follows every number of every process through the ring, then holds what it found against
/// the live tables, which know better: intervals become differences between moments.
struct TimelineWalk {
  /// One process's line in the making.
  struct Track {
    let process: Int
    let startTicks: UInt64
    let endTicks: UInt64
    /// The moments that the line covers.
    let range: ClosedRange<Int>
    /// At each moment the change since the one before.
    var changes = [Int32](repeating: 0, count: Timeline.length)
    /// Of the processes that are to be listed, in their range.
    var peaks: IntervalPeaks?
    var numbers = OpenNumbers()
    /// Opens and closes that the ring has.
    var opens: UInt64 = 0
    var closes: UInt64 = 0
    /// The latest close of such a one of which no site is known.
    var lastUnattributed: UInt64 = 0
  }

  private(set) var moments: Moments
  private(set) var tracks: [Track] = []
  /// For each line of a site, as `Track.changes`.
  private(set) var lines: [[Int32]]
  /// Opens of each line's site that the ring has.
  private(set) var opens: [UInt64]
  private let trackByProcess: [Int: Int]
  private let views: [ProcessView]
  private let sites: TimelineSites
  let ringStart: UInt64
  // Programs do the same again and again: hashing for each record would take longest.
  private var current = (process: -1, track: -1)
  private var recent = [RecentCall](repeating: RecentCall(), count: 64)

  private struct RecentCall {
    var stack: StackNumber = 0
    var call: UInt16 = 0
    var line: Int?
  }

  /// - Parameter listed: the processes of which each interval's most is asked.
  init?(
    _ trace: Trace, _ views: [ProcessView], _ sites: TimelineSites, listed: Set<Int>
  ) {
    guard let end = views.map(\.endTicks).max(),
      let moments = Moments(from: trace.clock.originTicks, to: end)
    else { return nil }
    self.moments = moments
    self.views = views
    self.sites = sites
    ringStart = trace.events.wholeSinceTicks ?? 0
    lines = Array(
      repeating: Array(repeating: 0, count: Timeline.length), count: sites.lineCount)
    opens = Array(repeating: 0, count: sites.lineCount)
    trackByProcess = Dictionary(
      views.enumerated().map { ($1.process.id, $0) }, uniquingKeysWith: { first, _ in first })
    for view in views {
      let start = view.process.startTicks
      // Of one whose end nobody saw nothing tells that it did not go on.
      let last = view.endIsKnown ? max(view.endTicks, start) : max(end, start)
      let first = self.moments.index(of: start)
      let range = first...max(first, self.moments.index(of: last))
      tracks.append(
        Track(process: view.process.id, startTicks: start, endTicks: last, range: range))
      if listed.contains(view.process.id) {
        tracks[tracks.count - 1].peaks = IntervalPeaks(count: range.count)
      }
    }
    trace.events.forEachInTime { take($0) }
    for track in tracks.indices { settle(track) }
  }

  // MARK: The ring

  private mutating func take(_ event: Event) {
    guard event.fd >= 0 else { return }
    switch event.kind {
    case .opened, .duplicated, .received: opened(event)
    case .closed where event.result == 0: closed(event)
    default: break
    }
  }

  private mutating func track(of event: Event) -> Int? {
    if current.process != event.process {
      current = (event.process, trackByProcess[event.process] ?? -1)
    }
    return current.track < 0 ? nil : current.track
  }

  private mutating func line(openedBy event: Event) -> Int? {
    let place = Int(event.stack) % recent.count
    if recent[place].stack != event.stack || recent[place].call != event.call {
      recent[place] = RecentCall(
        stack: event.stack, call: event.call,
        line: sites.line(stack: event.stack, call: event.call))
    }
    return recent[place].line
  }

  private mutating func opened(_ event: Event) {
    guard let track = track(of: event) else { return }
    tracks[track].opens += 1
    // What had the number before was replaced, or closed unseen.
    if case .open(_, let line) = tracks[track].numbers[event.fd] {
      change(track, line, by: -1, at: event.ticks, isOrdered: true)
    }
    let line = line(openedBy: event)
    if let line { opens[line] += 1 }
    tracks[track].numbers[event.fd] = .open(ticks: event.ticks, line: line)
    change(track, line, by: 1, at: event.ticks, isOrdered: true)
  }

  private mutating func closed(_ event: Event) {
    guard let track = track(of: event) else { return }
    tracks[track].closes += 1
    switch tracks[track].numbers[event.fd] {
    case .closed, .settled: break
    case .open(_, let line): change(track, line, by: -1, at: event.ticks, isOrdered: true)
    case .untold: closedFromBefore(event, track)
    }
    tracks[track].numbers[event.fd] = .closed(ticks: event.ticks)
  }

  /// It was opened before the ring's records begin, or inherited.
  private mutating func closedFromBefore(_ event: Event, _ track: Int) {
    let entry = views[track].process.descriptor(event.fd)
    if let entry, entry.via == .open, entry.state != .open, entry.note?.ticks == event.ticks {
      let line = sites.line(of: entry, in: event.process)
      change(track, line, by: 1, at: entry.openedTicks)
      change(track, line, by: -1, at: max(event.ticks, entry.openedTicks), isOrdered: true)
      return
    }
    guard !ProcessView.standardStreams.contains(event.fd) else { return }
    // Since when is not known; it was by the time that the ring's records begin.
    let start = max(tracks[track].startTicks, ringStart)
    let isFromBefore = tracks[track].startTicks < ringStart
    let line = isFromBefore ? sites.line(closedBy: event) : nil
    if isFromBefore, line == nil {
      tracks[track].lastUnattributed = max(tracks[track].lastUnattributed, event.ticks)
    }
    change(track, line, by: 1, at: min(start, event.ticks))
    change(track, line, by: -1, at: event.ticks, isOrdered: true)
  }

  // MARK: The tables

  private mutating func settle(_ track: Int) {
    let view = views[track]
    for descriptor in view.own {
      settleOpen(
        descriptor, track, sites.line(of: descriptor, in: view.process.id),
        since: descriptor.openedTicks)
    }
    for descriptor in view.inherited where !descriptor.isStandardStream {
      settleOpen(descriptor, track, nil, since: tracks[track].startTicks)
    }
    for descriptor in view.unseen where !descriptor.isStandardStream {
      settleOpen(descriptor, track, nil, since: descriptor.openedTicks)
    }
    for descriptor in view.process.descriptors { settleClosed(descriptor, track) }
    // What the table had no room for is in no count: nobody would have seen its close.
    for number in tracks[track].numbers.numbers {
      guard case .open(let ticks, let line) = tracks[track].numbers[number] else { continue }
      change(track, line, by: -1, at: ticks)
    }
    tracks[track].numbers = OpenNumbers()
  }

  /// What is open at the end, since when.
  private mutating func settleOpen(
    _ descriptor: Descriptor, _ track: Int, _ line: Int?, since start: UInt64
  ) {
    var start = start
    switch tracks[track].numbers[descriptor.fd] {
    case .open(start, line): start = .max
    case .open(let ticks, let before):
      change(track, before, by: -1, at: max(ticks, start))
    case .closed(let ticks):
      // A close that never came to pass.
      start = max(start, ticks)
    case .untold, .settled: break
    }
    if start < .max { change(track, line, by: 1, at: start) }
    tracks[track].numbers[descriptor.fd] = .settled
  }

  /// What was open before the end: the table has the last one of each number.
  private mutating func settleClosed(_ descriptor: Descriptor, _ track: Int) {
    let isClosed = descriptor.state == .closed || descriptor.state == .closing
    // What an exec closed is open in the table, and what vanished was so until nobody knows when.
    let end = isClosed ? descriptor.note?.ticks : tracks[track].endTicks
    switch tracks[track].numbers[descriptor.fd] {
    case .open(let ticks, let line):
      change(track, line, by: -1, at: max(ticks, end ?? ticks))
    case .untold:
      let isOwn = descriptor.via == .open
      guard let end, descriptor.state != .vanished, isOwn || !descriptor.isStandardStream
      else { return }
      let start = isOwn ? descriptor.openedTicks : tracks[track].startTicks
      guard start < end else { return }
      let line = isOwn ? sites.line(of: descriptor, in: tracks[track].process) : nil
      change(track, line, by: 1, at: start)
      change(track, line, by: -1, at: end)
    case .closed, .settled: break
    }
    tracks[track].numbers[descriptor.fd] = .settled
  }

  /// - Parameter isOrdered: no earlier change comes after it.
  private mutating func change(
    _ track: Int, _ line: Int?, by amount: Int32, at ticks: UInt64, isOrdered: Bool = false
  ) {
    let range = tracks[track].range
    let moment = min(max(moments.index(of: ticks), range.lowerBound), range.upperBound)
    tracks[track].changes[moment] &+= amount
    tracks[track].peaks?.change(moment - range.lowerBound, by: amount, isOrdered: isOrdered)
    if let line { lines[line][moment] &+= amount }
  }
}
