import LeakAnalysis

/// What a report of many programs says, in words without markup.
struct ProgramsNarrative {
  let report: ProgramsReport

  init(_ report: ProgramsReport) { self.report = report }

  /// `5 programs: 2 leak 27 fds, 2 pass, 1 not traced.`
  var headline: String {
    func count(_ status: ProgramReport.Status) -> Int {
      report.programs.count { $0.status == status }
    }
    let leaking = report.programs.filter { $0.status == .leak }
    let leaked = leaking.reduce(0) { $0 + $1.leakedDescriptors }
    let passed = count(.pass)
    var parts: [String] = []
    if !leaking.isEmpty {
      let verb = leaking.count == 1 ? "leaks" : "leak"
      parts.append("\(leaking.count) \(verb) \(Wording.count(leaked, "fd"))")
    }
    if passed > 0 { parts.append("\(passed) \(passed == 1 ? "passes" : "pass")") }
    if count(.incomplete) > 0 { parts.append("\(count(.incomplete)) not seen in full") }
    if count(.untraced) > 0 { parts.append("\(count(.untraced)) not traced") }
    return "\(Wording.count(report.programs.count, "program")): "
      + (parts.isEmpty ? "the trace tells of none" : parts.joined(separator: ", ")) + "."
  }

  /// Findings first, then the others; each group in the order in which they began.
  var rows: [ProgramReport] {
    let isGuilty = { (program: ProgramReport) in
      program.leakedDescriptors + program.suspectDescriptors > 0
    }
    return report.programs.filter { $0.status == .leak }
      + report.programs.filter { $0.status != .leak && isGuilty($0) }
      + report.programs.filter { $0.status != .leak && !isGuilty($0) }
  }

  /// `LEAK 12`, `PASS`.
  static func label(of program: ProgramReport) -> String {
    switch program.status {
    case .leak: "LEAK \(program.leakedDescriptors)"
    case .pass: "PASS"
    case .incomplete: "NOT SEEN IN FULL"
    case .untraced: "NOT TRACED"
    }
  }

  /// `./client_test --all (pid 812), exit 0, in "connect refused"; 3 fds suspect`
  static func describe(_ program: ProgramReport) -> String {
    guard let process = program.process else { return "a program that is not known" }
    var parts = [VisibleText.cut(process.command ?? "?", to: 120) + " (pid \(process.pid))"]
    if program.report.processes.count > 1 {
      parts.append(Wording.count(program.report.processes.count, "process", "processes"))
    }
    parts.append(Narrative.end(process))
    if let mark = process.mark { parts.append("in \"\(VisibleText.cut(mark, to: 120))\"") }
    let suspects = program.suspectDescriptors
    let more = suspects > 0 ? "; \(Wording.count(suspects, "fd")) suspect" : ""
    return parts.joined(separator: ", ") + more
  }

  /// The call sites of its findings, the worst first.
  static func findings(of program: ProgramReport) -> [String] {
    let narrative = Narrative(program.report)
    return program.report.sites.filter { $0.verdict <= .suspect }.map {
      ($0.verdict == .suspect ? "suspect: " : "") + narrative.title(of: $0)
    }
  }

  var unusedSuppressions: [String] {
    var whole = Report(trace: .init(path: ""))
    whole.suppressions = report.suppressions
    return Narrative(whole).unusedSuppressions
  }
}
