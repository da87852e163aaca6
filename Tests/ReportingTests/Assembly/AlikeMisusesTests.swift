import Testing

@testable import Reporting

@Suite("Wrong uses that read alike") struct AlikeMisusesTests {
  private func counts(_ change: (inout Report.Misuse) -> Void) -> [UInt64] {
    var misuses = [Sample.report.misuse[0], Sample.report.misuse[0]]
    (misuses[0].count, misuses[1].count) = (19, 20)
    change(&misuses[1])
    return AlikeMisuses.joined(misuses).map(\.count)
  }

  @Test("Two closes on one line are one, done as often as both")
  func columns() {
    #expect(counts { $0.stack.frames[0].column = 24 } == [39])
  }

  @Test("What another place, process, number or kind tells apart is not joined")
  func others() {
    #expect(counts { $0.fd += 1 } == [19, 20])
    #expect(counts { $0.process += 1 } == [19, 20])
    #expect(counts { $0.closedAt = nil } == [19, 20])
    #expect(counts { $0.fingerprint = "1" } == [19, 20])
  }
}
