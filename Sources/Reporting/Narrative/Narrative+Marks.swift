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
    mark.map { "in \"\(VisibleText.cut($0, to: 120))\"" } ?? "in no mark"
  }

  /// A line for each mark that left findings open, the worst first; then how many did not.
  /// Each is made when it is asked for: there may be a million.
  var markSummary: some RandomAccessCollection<String> {
    let (sites, marks) = (report.sites, report.marks)
    let findings = Dictionary(
      sites.indices.lazy.filter { sites[$0].verdict <= .suspect }.map { (sites[$0].id, $0) }
    ) { first, _ in first }
    let guilty = marks.indices.filter { marks[$0].leaked + marks[$0].suspected > 0 }
    let clean = marks.count { $0.name != nil && $0.leaked + $0.suspected == 0 }
    return (0..<guilty.count + (clean > 0 ? 1 : 0)).lazy.map { line in
      guard line < guilty.count else {
        let marks = Wording.count(clean, guilty.isEmpty ? "mark" : "other mark")
        return "\(marks) \(clean == 1 ? "has" : "have") neither leaks nor suspects."
      }
      return Self.line(of: marks[guilty[line]]) { findings[$0].map { sites[$0] } }
    }
  }

  /// - Parameter finding: the leak or suspect of an id.
  private static func line(of mark: Report.Mark, finding: (Int) -> Report.Site?) -> String {
    let told = 3
    var first: [String] = []
    var total = 0
    for share in mark.sites {
      guard let site = finding(share.site) else { continue }
      total += 1
      if first.count < told {
        first.append("\(share.count) \(subject(of: site, count: share.count))")
      }
    }
    let counts = total == 1 ? mark.leaked > 0 ? "leaked" : "suspect:" : counts(of: mark) + ":"
    return "\(label(of: mark)): \(counts) \(few(first, of: told, total: total))."
  }

  private static func label(of mark: Report.Mark) -> String {
    guard let name = mark.name else { return "In no mark" }
    return "\"\(VisibleText.cut(name, to: 200))\"" + (mark.runs > 1 ? " (\(mark.runs) runs)" : "")
  }

  private static func counts(of mark: Report.Mark) -> String {
    var parts: [String] = []
    if mark.leaked > 0 { parts.append("\(Wording.count(mark.leaked, "fd")) leaked") }
    if mark.suspected > 0 { parts.append("\(Wording.count(mark.suspected, "fd")) suspect") }
    return parts.joined(separator: ", ")
  }
}
