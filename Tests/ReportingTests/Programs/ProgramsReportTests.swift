import Foundation
import Testing

@testable import Reporting

@Suite("Reports of many programs")
struct ProgramsReportTests {
  private func program(_ pid: Int, _ change: (inout Report) -> Void = { _ in }) -> ProgramReport {
    var report = Sample.report
    report.misuse = []
    report.processes = [report.processes[0]]
    report.processes[0].pid = pid
    report.processes[0].argv = ["./test", "\(pid)"]
    change(&report)
    return ProgramReport(report)
  }

  private var report: ProgramsReport {
    var report = ProgramsReport()
    report.programs = [
      program(1) { $0.sites = [] }, program(2) { $0.sites.removeFirst() }, program(3),
      program(4) {
        $0.sites = []
        $0.trace.unseen = 1
      },
      program(5) {
        $0.sites = []
        $0.processes[0].isTraced = false
      },
    ]
    report.isLossy = true
    return report
  }

  @Test("A program leaks, passes, or was not seen in full")
  func status() {
    #expect(report.programs.map(\.status) == [.pass, .pass, .leak, .incomplete, .untraced])
    var went = Sample.report
    went.sites = []
    went.processes[0].endKind = "exit"
    went.processes[0].wasCheckedLast = false
    #expect(ProgramReport(went).status == .incomplete, "Go asks the kernel itself")
    #expect(report.withFindings.map { $0.process?.pid } == [2, 3])
  }

  @Test("A command that an exec left untraced was not seen, in whichever program's report that is")
  func command() {
    var shell = Sample.report
    shell.processes = [shell.processes[0]]
    var goes = Sample.report
    goes.processes = [goes.processes[0]]
    (goes.processes[0].id, goes.processes[0].parent, goes.processes[0].how) = (2, 1, "exec")
    var report = ProgramsReport()
    #expect(report.isCommandUnseen, "there is none")
    report.programs = [ProgramReport(shell), ProgramReport(goes)]
    #expect(!report.isCommandUnseen)
    report.programs[1].report.processes[0].goesOnUntraced = true
    #expect(report.isCommandUnseen)
  }

  @Test("The headline counts programs, and the descriptors that they leak")
  func headline() {
    #expect(
      ProgramsNarrative(report).headline
        == "5 programs: 1 leaks 40 fds, 2 pass, 1 not seen in full, 1 not traced.")
  }

  @Test("The summary names leaks first, then suspects, then the others")
  func summary() {
    let text = TextRenderer(style: TextStyle(width: 200)).renderSummary(report)
    let starts = text.split(separator: "\n").filter { !$0.hasPrefix(" ") }.map(String.init)
    #expect(starts.count == 6)
    #expect(starts[1].hasPrefix("LEAK 40   ./test 3 (pid 3), ") && starts[2].contains("(pid 2)"))
    #expect(starts[2].hasPrefix("PASS") && starts[2].hasSuffix("; 3 fds suspect"))
    #expect(starts[3].hasPrefix("PASS      ./test 1 (pid 1), "))
    #expect(starts[4].hasPrefix("NOT SEEN IN FULL") && starts[5].hasPrefix("NOT TRACED"))
    #expect(text.contains("\n          40 tcp sockets from socket() in "))
  }

  @Test("The reports of those with findings follow, no others")
  func whole() {
    let text = TextRenderer().render(report)
    #expect(text.components(separatedBy: "1 call site leaks 40 fds").count == 2)
    #expect(text.components(separatedBy: "No certain leak").count == 2)
    #expect(!text.contains("No leak."))
    let markdown = MarkdownRenderer().render(report)
    #expect(markdown.contains("| LEAK 40 | ./test 3 (pid 3)"))
    #expect(markdown.components(separatedBy: "\n# ").count == 3)
  }

  @Test("A long Markdown report keeps the summary, and says what it left out")
  func limited() {
    let summary = MarkdownRenderer().renderSummary(report)
    let markdown = MarkdownRenderer(limit: summary.utf8.count + 50).render(report)
    #expect(markdown.hasPrefix(summary) && markdown.utf8.count < summary.utf8.count + 200)
    #expect(markdown.contains("2 more programs with findings"))
  }

  @Test("JSON holds the whole report of each that has findings, or the name of its file")
  func json() throws {
    func programs(_ file: ((ProgramReport) -> String?)?) throws -> [[String: Any]] {
      let text = rendered { JSONRenderer().render(report, file: file, to: $0) }
      let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as! [String: Any]
      #expect(object["schema"] as? String == "fdtrack-programs/1")
      let summary = object["summary"] as! [String: Any]
      #expect(summary["leaking"] as? Int == 1 && summary["leaked_fds"] as? Int == 40)
      return object["programs"] as! [[String: Any]]
    }
    let whole = try programs(nil)
    #expect(
      whole.map { $0["status"] as! String } == ["pass", "pass", "leak", "incomplete", "untraced"])
    let reports = whole.map { ($0["report"] as? [String: Any])?["schema"] as? String }
    #expect(reports == [nil, "fdtrack-report/1", "fdtrack-report/1", nil, nil])
    let named = try programs { "\($0.process?.pid ?? 0).json" }
    #expect(named.map { $0["file"] as? String } == [nil, "2.json", "3.json", nil, nil])
    #expect(named.allSatisfy { $0["report"] is NSNull })
  }
}
