import LeakAnalysis

extension ReportAssembly {
  /// Which marks a site's open descriptors belong to, of the process of the filter; the one
  /// with most comes first, what belongs to none last.
  func marks(of finding: SiteFinding) -> [Report.MarkShare] {
    var counts: [Int: Int] = [:]
    for part in finding.marks where filter.pid == nil || pids[part.process] == filter.pid {
      counts[part.mark ?? -1, default: 0] += part.count
    }
    return counts.sorted { a, b in
      (a.key < 0 ? 1 : 0, b.value, a.key) < (b.key < 0 ? 1 : 0, a.value, b.key)
    }.map { mark, count in
      Report.MarkShare(mark: mark < 0 ? nil : findings.marks[mark].name, count: count)
    }
  }

  /// Every mark, with what is open of it at the sites shown: worst first, then as they began.
  func marks(at sites: [Report.Site]) -> [Report.Mark] {
    guard !findings.marks.isEmpty else { return [] }
    var marks = findings.marks.map { finding in
      var mark = Report.Mark(name: finding.name)
      mark.runs = finding.runs
      mark.firstBegunNs = finding.firstBegunNs
      return mark
    }
    marks.append(Report.Mark(name: nil))
    var places: [String?: Int] = [:]
    for (place, mark) in marks.enumerated() { places[mark.name] = place }
    for site in sites {
      for share in site.marks {
        guard let place = places[share.mark] else { continue }
        marks[place].open += share.count
        if site.verdict == .leak { marks[place].leaked += share.count }
        if site.verdict == .suspect { marks[place].suspected += share.count }
        marks[place].sites.append(.init(site: site.id, count: share.count))
      }
    }
    if let none = marks.last, none.sites.isEmpty { marks.removeLast() }
    return marks.enumerated().sorted { a, b in
      (b.element.leaked, b.element.suspected, b.element.open, a.offset)
        < (a.element.leaked, a.element.suspected, a.element.open, b.offset)
    }.map(\.element)
  }

  /// Cuts the sites' lists so that all together stay printable.
  static func cutMarks(of sites: inout [Report.Site]) {
    let limit = ListLimits.length(of: sites.map { $0.marks.count }, room: ListLimits.marks)
    for index in sites.indices where sites[index].marks.count > limit {
      sites[index].omittedMarks = sites[index].marks.count - limit
      sites[index].marks.removeLast(sites[index].omittedMarks)
    }
  }
}
