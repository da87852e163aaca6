import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Who has what was opened before a fork")
struct HeirTests {
  /// A launcher that opens five and ends at 10, and children until these moments, or without an end.
  private func heirs(_ ends: [Double?], running: Set<Int> = []) -> [SiteFinding.Heir] {
    var story = Scenario()
    story.process(to: 10)
    for fd in 3..<8 { story.open(fd, at: 1) }
    for (child, end) in zip(2..., ends) {
      story.process(child, from: 5, to: end, how: .fork, parent: 1)
      for fd in 3..<8 { story.inherit(fd, from: 1, to: child) }
    }
    let site = Analysis(story.trace, running: running).findings.sites.first
    return site?.heirs ?? []
  }

  @Test("A daemon has what its launcher opened, also once it has ended")
  func daemon() {
    let daemon = [SiteFinding.Heir(process: 2, count: 5)]
    #expect(heirs([nil], running: [2]) == daemon)
    #expect(heirs([nil]) == daemon)
    #expect(heirs([90]) == daemon)
  }

  @Test("Those that live are told, or else the last that ended")
  func several() {
    #expect(heirs([20, nil, 30, nil], running: [3]).map(\.process) == [3, 5])
    #expect(heirs([20, 90, 30]).map(\.process) == [3])
  }

  @Test("A child that its parent outlived has nothing that is not the parent's")
  func child() {
    #expect(heirs([9]).isEmpty)
  }
}
