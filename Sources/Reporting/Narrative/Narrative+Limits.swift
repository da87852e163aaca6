import TraceModel

/// What happened to processes whatever is open at the end: which line took their descriptors.
extension Narrative {
  private static let processesTold = 8
  private static let placesTold = 3

  /// Who ran out of descriptors, a line each.
  var limitHits: [String] {
    lines(\.limitHit, "ran out of fds") { process, hit in
      // One above all that was ever open was raised to since.
      let limit = process.fdLimit.flatMap { $0 > process.peak ? nil : " (limit \($0))" } ?? ""
      let place = hit.stack.placePhrase
      let time = hit.atNs.map { ", \(DurationText.of($0)) after the start" } ?? ""
      // Who had taken them: told even of those who closed all afterwards.
      let holders = places(of: hit.holders, count: hit.count).map { "; open then: \($0)" } ?? ""
      return "\(process.label) ran out of fds\(limit) in \(hit.api)()\(place)\(time)\(holders)."
    }
  }

  /// Who closed what it had only at its end, a line each. Whether that is a leak depends on how
  /// long it would have gone on: no verdict.
  var lateCloses: [String] {
    lines(\.closedAtEnd, "closed fds only at the end") { process, closed in
      let when = closed.withinNs.map { "in the last \(DurationText.of($0))" } ?? "at the end"
      let holders = places(of: closed.holders, count: closed.count).map { ": \($0)" } ?? ""
      // Without an end, it is what was written last.
      let ofWhat = process.endKind == "unknown" ? "record" : "life"
      return "\(process.label) opened \(closed.count) fds over time and closed them only \(when)"
        + " of its \(ofWhat)\(holders)."
    }
  }

  /// A line for each of the first processes that met `event`, and how many more did so.
  private func lines<Event>(
    _ event: KeyPath<Report.Process, Event?>, _ what: String,
    _ sentence: (Report.Process, Event) -> String
  ) -> [String] {
    let met = report.processes.filter { $0[keyPath: event] != nil }
    let more = met.count - Self.processesTold
    return met.prefix(Self.processesTold).compactMap { process in
      process[keyPath: event].map { sentence(process, $0) }
    } + (more > 0 ? ["+\(more) more processes \(what)."] : [])
  }

  /// `28 from open() at a.c:4, 9 from socket() at b.c:7 +5 more`: the sites of one place, which
  /// differ in the way there, as one. Nil without any.
  /// - Parameter count: of all, those that are not listed included.
  private func places(of holders: [Report.LimitHit.Holder], count: UInt64) -> String? {
    var places: [(text: String, count: UInt64)] = []
    for holder in holders {
      let call = holder.api.map { "\($0)()" } ?? "a call"
      let text = call + (holder.openedAt.map { " at \($0)" } ?? "")
      if let index = places.firstIndex(where: { $0.text == text }) {
        places[index].count = places[index].count.addingWithSaturation(holder.count)
      } else {
        places.append((text, holder.count))
      }
    }
    guard !places.isEmpty else { return nil }
    // Stable: of equal ones the first is that of the site that held most.
    let told = places.enumerated()
      .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
      .prefix(Self.placesTold).map(\.element)
    let rest = count.subtractingWithSaturation(
      told.reduce(0) { $0.addingWithSaturation($1.count) })
    return told.map { "\($0.count) from \($0.text)" }.joined(separator: ", ")
      + (rest > 0 ? " +\(rest) more" : "")
  }
}
