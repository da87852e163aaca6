import LeakAnalysis

extension HTMLPage {
  var leaks: Section? { findings("leaks", "Leaks", .leak) }
  var suspects: Section? { findings("suspects", "Suspects", .suspect) }

  private func findings(_ name: StaticString, _ title: String, _ verdict: Verdict) -> Section? {
    let sites = report.sites.filter { $0.verdict == verdict && !narrative.isKnown($0) }
    return section(name, title, sites, card)
  }

  /// Findings that a baseline has, too, and that are no worse.
  var known: Section? {
    section("known", "Known from the baseline", narrative.unchangedFindings, fold)
  }

  var held: Section? { section("held", "Held, and likely intended", report.heldSites, fold) }

  var clean: Section? { section("clean", "All closed", report.sites(.clean), fold) }

  private func section(
    _ name: StaticString, _ title: String, _ sites: [Report.Site],
    _ show: @escaping (Report.Site, inout Markup) -> Void
  ) -> Section? {
    guard !sites.isEmpty else { return nil }
    return Section(name: name, title: title, count: sites.count) { list(sites, &$0, show) }
  }

  /// Sites that few people read: each a line that unfolds.
  func folded(_ sites: [Report.Site], _ out: inout Markup) { list(sites, &out, fold) }

  /// Shows as many sites as there is room for, and tells the rest in a line each.
  private func list(
    _ sites: [Report.Site], _ out: inout Markup, _ show: (Report.Site, inout Markup) -> Void
  ) {
    var rest: [Report.Site] = []
    for site in sites {
      if isFull(out) { rest.append(site) } else { show(site, &out) }
    }
    lines(rest, &out)
  }

  /// What a document that is full says of the sites that rank last.
  private func lines(_ sites: [Report.Site], _ out: inout Markup) {
    guard !sites.isEmpty else { return }
    out.element(
      "p", .class("more"),
      text: "The document is long: what follows is told in a line; the JSON report tells all.")
    out.element("ul", .class("plain")) { out in
      for site in sites.prefix(Self.listLimit) {
        out.element("li", .id(.site(site.id)), .flag("data-item")) { out in
          out.write(told(site) + " ")
          out.element("code", text: site.fingerprint)
        }
      }
    }
    if sites.count > Self.listLimit {
      out.element("p", .class("more"), text: "+\(sites.count - Self.listLimit) more.")
    }
  }

  private func card(_ site: Report.Site, _ out: inout Markup) {
    out.element(
      "article", .class("site", site.verdict.styleClass), .id(.site(site.id)),
      .labelled(by: .siteTitle(site.id)), .flag("data-item"),
      .set("data-verdict", site.verdict.styleClass), .text("data-kind", site.kind),
      .text("data-process", holders(of: site)), .number("data-live", site.live),
      .text("data-fingerprint", site.fingerprint)
    ) { out in
      out.element("h3", .id(.siteTitle(site.id)), .set("tabindex", "-1")) { title(site, &$0) }
      names(site, &out)
      facts(site, &out)
    }
  }

  private func fold(_ site: Report.Site, _ out: inout Markup) {
    out.element(
      "details", .class("site", site.verdict.styleClass), .id(.site(site.id)), .flag("data-item"),
      .set("data-verdict", site.verdict.styleClass), .text("data-kind", site.kind),
      .text("data-process", holders(of: site)), .number("data-live", site.live),
      .text("data-fingerprint", site.fingerprint)
    ) { out in
      out.element("summary", .id(.siteTitle(site.id))) { out in
        title(site, &out)
        if let reason = narrative.reason(of: site) {
          out.element("span", .class("reason"), text: " " + reason)
        }
      }
      names(site, &out)
      facts(site, &out)
    }
  }

  private func title(_ site: Report.Site, _ out: inout Markup) {
    out.element(
      "span", .class("badge", site.verdict.styleClass), text: site.verdict.rawValue.uppercased())
    if let change = site.change {
      out.write(" ")
      out.element("span", .class("badge"), text: change.rawValue)
    }
    out.write(" ")
    out.element("span", .class("title"), text: VisibleText.cut(told(site), to: 400))
  }

  private func told(_ site: Report.Site) -> String {
    narrative.title(of: site) + (formerPlaces[site.id] ?? "")
  }

  private func names(_ site: Report.Site, _ out: inout Markup) {
    guard let names = narrative.names(of: site) else { return }
    out.element("p", .class("names"), text: names)
  }

  /// The processes that hold some, for the filter.
  private func holders(of site: Report.Site) -> String {
    let holding = site.byProcess.filter { $0.live > 0 }
    return (holding.isEmpty ? site.byProcess : holding).prefix(Self.listLimit)
      .map { "\($0.process)" }.joined(separator: " ")
  }
}
