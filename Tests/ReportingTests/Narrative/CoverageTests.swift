import Testing

@testable import Reporting

@Suite("What is told of what a trace lacks") struct CoverageTests {
  @Test("Of unseen descriptors so many are left out as are not told")
  func unseen() {
    var report = Sample.report
    report.trace.unseen = 20
    report.processes[0].unseen = (0..<6).flatMap { file in
      (0..<3).map { fd in
        var unseen = Report.Descriptor(process: 1, fd: 10 * file + fd)
        (unseen.kind, unseen.name) = ("file", "/tmp/\(file)")
        return unseen
      }
    }
    report.processes[0].omittedUnseen = 2
    #expect(
      Narrative(report).coverage[0].hasSuffix(
        ", fds 40-42 of pid 790: file /tmp/4 +5 more."))
  }
}
