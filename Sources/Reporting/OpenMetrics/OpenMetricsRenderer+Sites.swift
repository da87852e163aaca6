extension OpenMetricsRenderer {
  private struct Values {
    var live: UInt64 = 0
    var opened: UInt64 = 0
    var closed: UInt64 = 0
    /// Of the first that meets its limit.
    var limitReachedInNs: UInt64?

    mutating func add(_ site: Report.Site) {
      live = live.addingWithSaturation(UInt64(clamping: site.live))
      opened = opened.addingWithSaturation(site.opened)
      closed = closed.addingWithSaturation(site.closed)
      limitReachedInNs = [limitReachedInNs, site.limitReachedInNs].compactMap(\.self).min()
    }
  }

  /// `unlisted` are sites that the report itself has no room for.
  func write(_ sites: [Report.Site], unlisted: Int, to writer: inout OpenMetricsWriter) {
    let shown = sites.prefix(Self.siteLimit)
    let all = Self.merged(shown)
    writer.gauge(
      "omitted_sites",
      help: "Sites that have no samples of their own, since there are more than \(Self.siteLimit).")
    writer.sample(sites.count - shown.count + unlisted)

    writer.gauge("site_live", unit: "fds", help: "Opened at the site and open now, or at the end.")
    for (labels, values) in all { writer.sample(values.live, of: labels) }
    writer.gauge("site_opened", unit: "fds", help: "Opened at the site, so far.")
    for (labels, values) in all { writer.sample(values.opened, of: labels) }
    writer.gauge("site_closed", unit: "fds", help: "Of those, closed by their opener, so far.")
    for (labels, values) in all { writer.sample(values.closed, of: labels) }
    writer.gauge(
      "site_limit_reached", unit: "seconds",
      help: "Time until a leak takes its process to the limit. Absent without a forecast.")
    for (labels, values) in all {
      if let time = values.limitReachedInNs { writer.sample(nanoseconds: time, of: labels) }
    }
  }

  /// Several sites of a report may read the same: with equal fingerprints, or as copies of one
  /// line that the compiler made. Two samples of equal labels would make the text invalid.
  private static func merged(
    _ sites: ArraySlice<Report.Site>
  ) -> [(labels: OpenMetricsLabels, values: Values)] {
    var places: [OpenMetricsLabels: Int] = [:]
    var all: [(labels: OpenMetricsLabels, values: Values)] = []
    for site in sites {
      let labels = labels(of: site)
      let place = places[labels] ?? all.count
      if place == all.count { all.append((labels, Values())) }
      places[labels] = place
      all[place].values.add(site)
    }
    return all
  }

  private static func labels(of site: Report.Site) -> OpenMetricsLabels {
    let frame = site.stack.focus
    return [
      ("fingerprint", site.fingerprint), ("verdict", site.verdict.rawValue), ("api", site.api),
      ("kind", site.kind),
      ("function", (frame?.function).map(Report.StackFrame.withoutParameters) ?? ""),
      ("site", frame?.shortPlace ?? ""),
    ]
  }
}
