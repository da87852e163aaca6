import Testing

@testable import Reporting

@Suite("What is told of fds that were closed only at the end") struct LateCloseNarrativeTests {
  private static var report: Report {
    var report = Sample.report
    report.processes[0].closedAtEnd = Report.ClosedAtEnd(
      count: 62, withinNs: 14_000_000,
      holders: [.init(site: 9, count: 62, openedAt: "client.c:38", api: "socket")])
    return report
  }

  @Test("It is told with who opened it, whatever is open")
  func ended() {
    let narrative = Narrative(Self.report)
    #expect(narrative.headline.contains("(3 fds). 62 fds were closed only at the end. 1 wrong"))
    #expect(
      narrative.context.contains(
        "pid 790 (server) opened 62 fds over time and closed them only in the last 14 ms of its"
          + " life: 62 from socket() at client.c:38."))
  }

  @Test("Without an end it is that of the record")
  func endless() {
    var report = Self.report
    report.processes[0].endKind = "unknown"
    let narrative = Narrative(report)
    #expect(
      narrative.headline.contains("62 fds were closed only at the end of the record. 1 wrong"))
    #expect(narrative.context.contains { $0.contains("only in the last 14 ms of its record: 62") })
  }
}
