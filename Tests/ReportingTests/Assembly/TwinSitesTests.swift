import Testing

@testable import Reporting

@Suite("Findings that differ in a column alone") struct TwinSitesTests {
  /// Two findings of one fingerprint; `change` makes the second's stack another one.
  private func twins(_ change: (inout Report.Stack) -> Void) -> Report {
    var report = Sample.report
    report.sites = [Sample.leak, Sample.leak]
    for index in 0..<2 {
      for frame in 0..<2 { report.sites[index].stack.frames[frame].column = 14 }
    }
    change(&report.sites[1].stack)
    TwinSites.tellApart(&report.sites)
    return report
  }

  private func titles(_ report: Report) -> [String] {
    report.sites.map { Narrative(report).title(of: $0) }
  }

  private let title = "40 tcp sockets from socket() in new_socket at client.c:38"

  @Test("Two calls on one line are told with their columns")
  func focus() {
    let report = twins { $0.frames[0].column = 24 }
    #expect(titles(report) == [title + ":14", title + ":24"])
    #expect(report.sites[1].stack.frames[1].place == "/srv/app/src/client.c:55")
  }

  @Test("Where they are called from one line, that place is told beside")
  func caller() {
    let report = twins { $0.frames[1].column = 24 }
    #expect(
      titles(report) == [14, 24].map { "\(title), called at client.c:55:\($0)" })
    let text = TextRenderer().render(report)
    #expect(text.contains("dial  src/client.c:55:24\n"))
  }

  @Test("What differs in more, or in nothing, has its line alone")
  func others() {
    for report in [
      twins { $0.frames[1].line = 56 }, twins { _ in },
      twins {
        $0.frames[0].column = 24
        $0.frames[0].function = "other"
      },
    ] {
      #expect(titles(report)[0] == title)
    }
  }

  @Test("What has the fingerprint of others says so, wherever it differs from them")
  func namesakes() {
    #expect(Narrative(Sample.report).facts(of: Sample.leak).allSatisfy { $0.label != "note" })
    var report = twins { $0.frames[1].line = 56 }
    func notes() -> [[String]] {
      report.sites.map { site in
        Narrative(report).facts(of: site).first { $0.label == "note" }?.lines ?? []
      }
    }
    let both = "The fingerprint is also that of 1 more finding: a suppression by it takes both."
    #expect(notes() == [[both], [both]])
    report.sites.append(Sample.leak)
    TwinSites.tellApart(&report.sites)
    #expect(
      notes().last == [
        "The fingerprint is also that of 2 more findings: a suppression by it takes all of them."
      ])
  }

  @Test("What is no finding is told as one, in several ways")
  func held() {
    var report = Sample.report
    report.sites = [Sample.held, Sample.held]
    (report.sites[0].stack.frames[0].column, report.sites[1].stack.frames[0].column) = (1, 2)
    TwinSites.tellApart(&report.sites)
    #expect(
      report.sites.allSatisfy { !$0.stack.frames[0].tellsColumn && $0.namesakes == 0 })
  }
}
