/// The moments at which descriptors were abandoned: those at which they are to be closed.
struct CauseMoments {
  /// What happened at one call of one place.
  private struct Call {
    let api: String
    let place: String
    var errors: [String] = []
    var findsEnd = false

    /// `when recv() fails with ECONNRESET or returns 0, the peer's end`, `when poll() times out`,
    /// `after shutdown()`
    var moment: String {
      let end = "returns 0, the peer's end"
      guard !errors.isEmpty else {
        return findsEnd ? "when \(api)() \(end)" : "after \(api)()"
      }
      let comma = errors.count > 1 ? "," : ""
      return "when \(failing)" + (findsEnd ? "\(comma) or \(end)" : "")
    }

    var failing: String { Wording.failing(api, Wording.list(errors, "or")) }
  }

  /// As many calls are named.
  private static let limit = 3

  private let site: Report.Site

  init(of site: Report.Site) { self.site = site }

  /// With their places, as far as these are known: `when write() fails with EPIPE, in send at
  /// a.c:3, and when read() returns 0, the peer's end, in load at a.c:9`; nil where none is.
  var phrase: String? {
    let calls = calls(site.causes.filter { $0.stack.focus != nil }) {
      site.placePhrase(of: $0.stack)
    }
    guard !calls.isEmpty else { return nil }
    let named = calls.prefix(Self.limit).map { "\($0.moment),\($0.place)" }
    let rest = calls.count - named.count
    return (named + (rest > 0 ? ["at \(Wording.count(rest, "other place"))"] : []))
      .joined(separator: ", and ")
  }

  /// Without places: `recv() fails with ECONNRESET or the peer has closed its end`; nil where
  /// nothing happened.
  func events(hasPeerClosed: Bool) -> String? {
    let failures = calls(site.causes.filter { $0.error != 0 }) { _ in "" }.prefix(Self.limit)
    let isEnd = hasPeerClosed || site.causes.contains { $0.error == 0 }
    let events = failures.map(\.failing) + (isEnd ? ["the peer has closed its end"] : [])
    return events.isEmpty ? nil : Wording.list(events, "or")
  }

  private func calls(
    _ causes: [Report.Note], _ place: (Report.Note) -> String
  ) -> [Call] {
    var calls: [Call] = []
    for cause in causes {
      let place = place(cause)
      let index =
        calls.firstIndex { $0.api == cause.api && $0.place == place }
        ?? calls.endIndex
      if index == calls.endIndex { calls.append(Call(api: cause.api, place: place)) }
      if cause.isReadEnd { calls[index].findsEnd = true }
      if cause.error != 0, !calls[index].errors.contains(cause.errorText) {
        calls[index].errors.append(cause.errorText)
      }
    }
    return calls
  }
}
