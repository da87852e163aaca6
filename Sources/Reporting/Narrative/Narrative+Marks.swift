import LeakAnalysis

extension Narrative {
  private static let marksTold = 4

  /// `Of 12 open, 7 were opened in "connect refused", 3 in "accept", 2 in no mark.`
  func marks(of site: Report.Site) -> [String] {
    guard let first = site.marks.first, first.mark != nil || first.count < site.live else {
      return []
    }
    let was = first.count == 1 ? "was" : "were"
    if first.count == site.live {
      let all = site.live == 1 ? "It" : "All \(site.live)"
      return ["\(all) \(was) opened \(Self.within(first.mark))."]
    }
    let others = site.marks.dropFirst().prefix(Self.marksTold - 1)
    var parts = ["\(first.count) \(was) opened \(Self.within(first.mark))"]
    parts += others.map { "\($0.count) \(Self.within($0.mark))" }
    let more = site.marks.count - parts.count + site.omittedMarks
    if more > 0 { parts.append("the others in \(more) more") }
    return ["Of \(site.live) open, \(parts.joined(separator: ", "))."]
  }

  private static func within(_ mark: String?) -> String {
    mark.map { "in \"\(cut($0, to: 120))\"" } ?? "in no mark"
  }

  /// A line for each mark that left findings open, the worst first; then how many did not.
  var markSummary: [String] {
    let sites = Dictionary(report.sites.map { ($0.id, $0) }) { first, _ in first }
    let guilty = report.marks.filter { $0.leaked + $0.suspected > 0 }
    var lines = guilty.map { mark in
      let shares: [String] = mark.sites.compactMap { share in
        guard let site = sites[share.site], site.verdict <= .suspect else { return nil }
        return "\(share.count) \(Self.subject(of: site, count: share.count))"
      }
      let counts =
        shares.count == 1 ? mark.leaked > 0 ? "leaked" : "suspect:" : Self.counts(of: mark) + ":"
      return "\(Self.label(of: mark)): \(counts) \(Self.few(shares, of: 3))."
    }
    let clean = report.marks.count { $0.name != nil && $0.leaked + $0.suspected == 0 }
    if clean > 0 {
      let marks = Wording.count(clean, guilty.isEmpty ? "mark" : "other mark")
      lines.append("\(marks) \(clean == 1 ? "has" : "have") neither leaks nor suspects.")
    }
    return lines
  }

  private static func label(of mark: Report.Mark) -> String {
    guard let name = mark.name else { return "In no mark" }
    return "\"\(cut(name, to: 200))\"" + (mark.runs > 1 ? " (\(mark.runs) runs)" : "")
  }

  private static func counts(of mark: Report.Mark) -> String {
    var parts: [String] = []
    if mark.leaked > 0 { parts.append("\(Wording.count(mark.leaked, "fd")) leaked") }
    if mark.suspected > 0 { parts.append("\(Wording.count(mark.suspected, "fd")) suspect") }
    return parts.joined(separator: ", ")
  }
}
