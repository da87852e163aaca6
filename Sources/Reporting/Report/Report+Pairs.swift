import LeakAnalysis
import TraceModel

// What one call opened as a pair: one end is no example of how the other is to be closed.
extension Report.Site {
  /// Of those that are open, the ones whose other end was closed.
  var halves: UInt64 { byProcess.reduce(0) { $0.addingWithSaturation($1.otherEnds) } }

  /// What was closed as those that are open need to be: not their other ends, and of pairs that were
  /// closed whole one end of each.
  var examples: UInt64 { halves == 0 ? closed : closed.subtractingWithSaturation(halves) / 2 }

  /// The end that all open ones are; nil where they are both, or nobody knows.
  var end: PairEnd? { ends.only(of: UInt64(live)) }

  /// What closes others as those that are open need to be; nil where nothing shows that there is such.
  var example: Report.Closer? {
    let named = closers.lazy.filter { $0.stack.focus != nil && !$0.isAtEnd }
    guard halves > 0 else { return Self.clearest(of: named) }
    guard examples > 0 else { return nil }
    guard let end = ends.most else {
      // What closes more than there are of one end closes both. Where it closes more than were
      // closed whole, it does so to the other ends of these.
      return named.first { $0.count > opened / 2 && $0.count / 2 <= examples }
    }
    // Of some pairs it may be the other end that is open, and closing this one was right.
    return named.filter { $0.ends[end] > ends[end.other] }.max { $0.ends[end] < $1.ends[end] }
  }

  /// The one that closes most, or else one of the program's own: what a library closes in a thread
  /// of its own, or below an event loop, shows nobody how. But that is rare where it closes less
  /// than a tenth as much.
  private static func clearest(of closers: some Sequence<Report.Closer>) -> Report.Closer? {
    let closers = Array(closers)
    guard let first = closers.first else { return nil }
    return closers.first { $0.stack.leadsToOwnCode && $0.count >= first.count / 10 } ?? first
  }

  /// `read end`: what programmers call it; nil where they have no name for it.
  func name(of end: PairEnd) -> String? {
    guard kind == "pipe" else { return nil }
    return end == .first ? "read end" : "write end"
  }

  /// One of those that were closed there: `other`, `other read end`, `write end`; `end` where it may
  /// be the other end of one that is open.
  func name(of closer: Report.Closer) -> String {
    guard halves > 0 else { return "other" }
    guard let closed = closer.ends.only(of: closer.count) else {
      return examples == 0 ? "other end" : "end"
    }
    guard let end else { return name(of: closed) ?? "end" }
    if closed != end { return name(of: closed) ?? "other end" }
    return name(of: closed).map { "other \($0)" } ?? "other"
  }
}

extension Report.Descriptor {
  /// The word for its end in JSON.
  var endName: String? {
    end.map { end in
      switch end {
      case .first: kind == "pipe" ? "read" : "first"
      case .second: kind == "pipe" ? "write" : "second"
      }
    }
  }
}
