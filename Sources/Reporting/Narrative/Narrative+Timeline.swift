extension Narrative {
  /// How many descriptors a process had over its time, for a picture, and what is to be said of it.
  struct History: Equatable {
    var line: Sparkline
    /// `With 0-2: 45 open at the end; at most 47, after 35 ms; the limit is 1024.`
    var facts: [String]
  }

  /// That of the process that the worst finding holds most in. Where there is none, that of the
  /// only process, or of the one among several that met its limit, closed what it had only at
  /// its end, or came nearest to its limit. Nil where none came near, as whoever of a tree had
  /// most then tells nothing; when the trace does not tell times; and when nothing was ever open.
  var history: History? {
    guard let timeline = report.timeline, let process = process(ofHistory: timeline),
      let line = process.timeline, line.counts.contains(where: { $0 > 0 })
    else { return nil }
    func index(of ns: UInt64) -> Int? {
      timeline.momentsNs.firstIndex { $0 >= ns }.map { max(0, $0 - line.first) }
    }
    let most = max(line.counts.max() ?? 0, process.openAtEnd) + process.standardStreams
    // The moment is that of the peak which the recorder saw, and of no higher one.
    let peakNs = Int(process.peak) < most ? nil : process.peakNs
    let peak = max(Int(process.peak), most)
    // What came and went between two moments is part of the picture.
    let counts =
      process.timelinePeaks.count == line.counts.count ? process.timelinePeaks : line.counts
    return History(
      line: Sparkline(
        counts: counts.map { min($0 + process.standardStreams, peak) }, peak: peak,
        peakIndex: peakNs.flatMap(index),
        knownFrom: line.knownFromNs == 0 ? 0 : index(of: line.knownFromNs) ?? 0),
      facts: facts(of: process, peak, at: peakNs))
  }

  /// Of a curve's highest point, which lies below the truth where the trace had no room for more.
  func mostShown(_ count: Int) -> String {
    report.trace.lacksDescriptors ? "\(count) and more at once" : "at most \(count)"
  }

  private func process(ofHistory timeline: Report.Timeline) -> Report.Process? {
    let told = report.processes.filter { $0.timeline != nil }
    let site = report.sites.first { $0.verdict <= .suspect && $0.live > 0 }
    if let most = site?.byProcess.max(by: { ($0.live, -$0.process) < ($1.live, -$1.process) }),
      let process = told.first(where: { $0.id == most.process })
    {
      return process
    }
    if processCount == 1 || told.count == 1 {
      return told.max { ($0.peak, -$0.id) < ($1.peak, -$1.id) }
    }
    func nearness(_ process: Report.Process) -> Double {
      // One that was lowered below what is open is a lock on the door, as sandboxes have it.
      guard let limit = process.fdLimit, limit >= process.peak else { return 0 }
      return Double(process.peak) / Double(max(limit, 1))
    }
    return told.filter {
      $0.limitHit != nil || $0.closedAtEnd != nil || nearness($0) >= Self.nearLimit
    }.max { (nearness($0), -$0.id) < (nearness($1), -$1.id) }
  }

  /// The part of its limit from which on a process came near it.
  private static let nearLimit = 0.5

  private func facts(
    of process: Report.Process, _ peak: Int, at peakNs: UInt64?
  ) -> [String] {
    // The kernel counts the standard streams, too, and so does the limit.
    let streams = process.standardStreams
    let subject =
      switch (report.processes.count > 1, streams > 0) {
      case (false, false): ""
      case (false, true): "With 0-2: "
      case (true, false): "\(process.label): "
      case (true, true): "\(process.label), with 0-2: "
      }
    let open = process.openAtEnd + streams
    let moment = peakNs.map { ", after \(DurationText.of($0))" } ?? ""
    let limit =
      switch process.fdLimit {
      case nil: "."
      case let limit? where limit == UInt64(peak): ": the limit."
      case let limit?: "; the limit is \(limit)."
      }
    let most = report.trace.lacksDescriptors ? "" : "; at most \(peak)\(moment)"
    var facts = ["\(subject)\(atLeast)\(open) open \(Self.when(process))\(most)\(limit)"]
    if let from = process.timeline?.knownFromNs, from > 0 {
      facts.append(
        "Of the time before \(DurationText.of(from)) little more is known than what is still"
          + " open.")
    }
    return facts
  }
}
