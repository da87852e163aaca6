import LeakAnalysis

/// What a report says, in words without markup: text and Markdown set the same sentences.
///
/// Sentences hold what came from the trace as it is; the renderers escape.
struct Narrative {
  let report: Report

  init(_ report: Report) { self.report = report }

  /// The verdict in one line.
  var headline: String {
    verdict + untracedNote + comparisonNote + suppressedNote + limitNote + keptNote + lateNote
      + misuseNote
  }

  /// Beside a leak it would say little; that there is none is known of nothing else.
  private var untracedNote: String {
    let count = report.siteCount(.leak) == 0 ? untracedOthers.count : 0
    guard count > 0 else { return "" }
    return " \(Wording.count(count, "program")) \(count == 1 ? "was" : "were") not traced."
  }

  private var suppressedNote: String {
    let count = report.sites(.suppressed).count
    guard count > 0 else { return "" }
    return " \(Wording.count(count, "call site")) \(count == 1 ? "is" : "are") suppressed"
      + " (\(Wording.count(report.liveCount(.suppressed), "fd")))."
  }

  /// What else went wrong, whatever is open at the end.
  private var limitNote: String {
    let count = report.processes.count { $0.limitHit != nil }
    return count == 0 ? "" : " \(Wording.count(count, "process", "processes")) ran out of fds."
  }

  private var lateNote: String {
    let closing = report.processes.filter { $0.closedAtEnd != nil }
    let count = closing.reduce(UInt64(0)) { $0.addingWithSaturation($1.closedAtEnd?.count ?? 0) }
    let ofWhat = closing.contains { $0.endKind == "unknown" } ? " of the record" : ""
    return count == 0
      ? ""
      : " \(Wording.count(count, "fd")) \(count == 1 ? "was" : "were") closed only at the end"
        + "\(ofWhat)."
  }

  private var misuseNote: String {
    let count = misusePlaces.count + report.unlisted.misuses
    return count == 0 ? "" : " \(Wording.count(count, "wrong use", "wrong uses")) of fds."
  }

  private var verdict: String {
    let leaks = report.siteCount(.leak)
    let suspects = report.siteCount(.suspect)
    let suspected = Wording.count(report.liveCount(.suspect), "fd")
    if leaks > 0 {
      let are = suspects == 1 ? "is" : "are"
      let also = suspects == 0 ? "" : "; \(suspects) more \(are) suspect (\(suspected))"
      return "\(Wording.count(leaks, "call site")) \(leaks == 1 ? "leaks" : "leak")"
        + " \(atLeast)\(Wording.count(report.liveCount(.leak), "fd"))\(also)\(lossNote)."
    }
    if suspects > 0 {
      return "No certain leak; \(Wording.count(suspects, "call site"))"
        + " \(suspects == 1 ? "is" : "are") suspect (\(suspected))\(lossNote)."
    }
    if report.omitted.leaks > 0 {
      return "No leak among the sites shown; \(Wording.count(report.omitted.leaks, "call site"))"
        + " that \(report.omitted.leaks == 1 ? "leaks was" : "leak were") left out by the filter."
    }
    if report.isLossy {
      return "No leak in what was seen, but \(loss): see Coverage."
    }
    if report.mayHaveMissed {
      return "No leak in what was seen, but not all may have been: see Coverage."
    }
    let held = report.heldSites
    let fds = held.reduce(0) { $0 + $1.judged }
    let none =
      (isOver ? "No leak" : "No leak so far")
      + (untracedOthers.isEmpty ? "" : " in what was traced")
    guard !held.isEmpty else { return none + "." }
    return "\(none); \(Wording.count(held.count, "call site"))"
      + " \(held.count == 1 ? "holds" : "hold") \(Wording.count(fds, "fd"))"
      + " that \(fds == 1 ? "looks" : "look") intended."
  }

  /// Before numbers of what is open, where more may be than the trace had room for.
  var atLeast: String { report.trace.lacksDescriptors ? "at least " : "" }

  /// A daemon goes on when the command that started it has ended.
  private var isOver: Bool { !report.processes.contains { $0.endKind == "running" } }

  /// What was not seen may be closes as well.
  private var lossNote: String {
    if report.isLossy { return "; \(loss), see Coverage" }
    return report.processes.contains(where: \.isToldByRecordAlone)
      ? "; not all may have been seen, see Coverage" : ""
  }

  /// What is less than whole. Code that is made as a program runs, as Java's, has no unwind
  /// information: its stacks are short, and so are those that are too deep to follow or came
  /// when there was little room. Nothing else is missing then.
  private var loss: String {
    if let root = report.untracedRoot {
      return root.isTraced ? "the command went on untraced" : "the command itself was not traced"
    }
    if report.hasCommandOfDirectCalls { return "the command has code of Go" }
    if report.trace.damaged > 0 { return "the trace is damaged" }
    if report.trace.lacksDescriptors { return "the trace is too small" }
    return report.lacksMoreThanStackEnds ? "the trace is incomplete" : "some stacks end early"
  }

  /// Which run this was: command, processes, time, place.
  var context: [String] {
    var lines: [String] = []
    if let first = report.processes.first {
      let command = first.argv.isEmpty ? first.exe ?? "?" : first.argv.joined(separator: " ")
      lines.append("\(VisibleText.cut(command, to: 200)) (pid \(first.pid))")
    }
    var facts: [String] = []
    if processCount > 1 { facts.append(Wording.count(processCount, "process", "processes")) }
    if let duration = report.trace.durationNs { facts.append(DurationText.of(duration)) }
    if let started = report.trace.startedRealtimeNs {
      facts.append("from \(Timestamp.text(started))")
    }
    if let host = report.trace.host { facts.append("on \(host)") }
    if !facts.isEmpty { lines.append(facts.joined(separator: ", ")) }
    if !report.redacted.isEmpty {
      lines.append(Self.redacted(report.redacted.names))
    }
    if report.trace.lacksDescriptors {
      lines.append(
        "The trace had no room for all fds, so more were open, and closed, than is told here."
          + " Record again with a larger one: FDTRACK_SIZE, or --size.")
    }
    return lines + limitHits + lateCloses + stillRunning + outOfSight
  }

  /// A program that goes on as another one is still one process.
  var processCount: Int { report.trace.processCount - report.trace.execCount }

  /// Children may outlive the program that was asked for.
  private var stillRunning: [String] {
    let running = report.processes.filter { $0.endKind == "running" }
    guard let first = report.processes.first, !running.isEmpty else { return [] }
    let seen = running.reduce(0) { $0 + $1.connectionsSeen }
    let told =
      switch seen {
      case 0: ""
      case 1: " The state of 1 tcp socket is the one that the kernel tells now."
      default: " The states of \(seen) tcp sockets are those that the kernel tells now."
      }
    if running.contains(where: { $0.pid == first.pid }) {
      return ["Still running: this is the state so far.\(told)"]
    }
    let names = Self.few(running.map(\.label), of: 4)
    return [
      "Still running: \(names). What \(running.count == 1 ? "it holds" : "they hold") is told"
        + " as of now.\(told)"
    ]
  }

  /// Only where nothing of the trace is seen to run: beside that, most of what is not seen has ended.
  private var outOfSight: [String] {
    let lost = report.processes.filter { $0.mayRun && $0.isTraced }
    guard !lost.isEmpty, isOver else { return [] }
    let names = Self.few(lost.map(\.label), of: 4)
    let tail =
      lost.count == 1 ? "it is not seen from here: it" : "they are not seen from here: they"
    return ["No end was recorded of \(names), and \(tail) may have ended."]
  }

  static func redacted(_ scope: [String]) -> String {
    "Redacted: \(Wording.list(scope)). Equal pseudonyms stand for equal names."
  }

  /// The first few of many, and how many more there are.
  static func few(_ items: [String], of limit: Int, total: Int? = nil) -> String {
    let shown = items.prefix(limit)
    return few(Array(shown), more: (total ?? items.count) - shown.count)
  }

  /// Items, and how many more there are of what is counted.
  static func few(_ shown: [String], more: Int) -> String {
    shown.joined(separator: ", ") + (more > 0 ? " +\(more) more" : "")
  }

  /// `fd 7`, `fds 7-9, 12`.
  static func numbers(_ fds: [Int]) -> String {
    (fds.count == 1 ? "fd " : "fds ") + ranges(fds)
  }

  /// `7-9, 12`, and after the first few ranges how many numbers there are more.
  static func ranges(_ numbers: [Int]) -> String {
    let numbers = Set(numbers).sorted()
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    let shown = ranges.prefix(8)
    let texts = shown.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
    return few(texts, more: shown.reduce(numbers.count) { $0 - $1.count })
  }
}
