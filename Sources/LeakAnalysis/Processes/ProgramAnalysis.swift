import TraceModel

/// What there is to say of each program of a trace alone.
public struct ProgramAnalysis: Sendable {
  /// In the order in which they began.
  public let programs: [Program]

  private let analysis: Analysis
  // By process, since a trace may have 100 000 programs.
  private let places: [Int: Int]
  private let shares: [Int: [SiteGroup.Share]]
  private let misuse: [Int: [Misuse]]
  /// Indices in `Findings.marks` of the whole.
  private let marks: [Int: [Int]]
  /// Under the holder, and under the opener where that is another process.
  private let kept: [Int: [InheritanceAudit.Row]]

  public init(_ analysis: Analysis) {
    self.analysis = analysis
    programs = Program.all(in: analysis.trace)
    places = Dictionary(analysis.processes.enumerated().map { ($1.id, $0) }) { first, _ in first }
    shares = analysis.grouping.sharesByProcess
    let known = analysis.context.marks
    marks = Dictionary(grouping: analysis.trace.marks, by: \.process)
      .mapValues { $0.compactMap(known.index(of:)) }
    misuse = Dictionary(grouping: analysis.common.misuse, by: \.process)
    var kept: [Int: [InheritanceAudit.Row]] = [:]
    for row in analysis.common.inheritance.rows {
      kept[row.holder, default: []].append(row)
      if row.opener != row.holder { kept[row.opener, default: []].append(row) }
    }
    self.kept = kept
  }

  /// Verdicts are of the program's own processes. What it shares with others (where they close
  /// what they open at its sites, who holds what it opened) is told as for the whole trace, and
  /// so are losses and the event history.
  public func findings(of program: Program) -> Findings {
    let members = program.processes
    var findings = analysis.common
    findings.processes = members.compactMap { places[$0] }.map { analysis.processes[$0] }
    findings.trace.processCount = findings.processes.count
    findings.trace.unseen = findings.processes.reduce(0) { $0 + $1.unseenCount }
    findings.trace.vanished = findings.processes.reduce(0) { $0 + $1.vanishedCount }
    findings.misuse = members.flatMap { misuse[$0] ?? [] }
    let own = Set(members)
    findings.inheritance.untold = findings.inheritance.untold.filter { own.contains($0.key) }
    findings.inheritance.rows = members.flatMap { member in
      // One of opener and holder tells it where both are the program's.
      (kept[member] ?? []).filter { $0.holder == member || !own.contains($0.holder) }
    }
    let byGroup = Dictionary(grouping: members.flatMap { shares[$0] ?? [] }, by: \.group)
    findings.rank(
      byGroup.keys.sorted().lazy.map { group in
        SiteToTell(
          group: analysis.grouping.groups[group], shares: (byGroup[group] ?? [])[...])
      }, in: analysis.context)
    keepMarks(of: members, in: &findings)
    return findings
  }

  /// Of all marks those that the program began, or that something of it belongs to.
  private func keepMarks(of members: [Int], in findings: inout Findings) {
    var used = Set(members.flatMap { marks[$0] ?? [] })
    used.formUnion(findings.processes.compactMap(\.mark))
    for site in findings.sites { used.formUnion(site.marks.compactMap(\.mark)) }
    let kept = used.sorted()
    let place = Dictionary(kept.enumerated().map { ($1, $0) }) { first, _ in first }
    findings.marks = kept.map { findings.marks[$0] }
    for index in findings.processes.indices {
      findings.processes[index].mark = findings.processes[index].mark.flatMap { place[$0] }
    }
    for index in findings.sites.indices {
      for count in findings.sites[index].marks.indices {
        let mark = findings.sites[index].marks[count].mark
        findings.sites[index].marks[count].mark = mark.flatMap { place[$0] }
      }
    }
  }
}
