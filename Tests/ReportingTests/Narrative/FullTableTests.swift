import Testing

@testable import Reporting

/// Live tables that had no room for all fds: what they tell is the least that there was.
@Suite("A trace that was too small")
struct FullTableTests {
  private let narrative: Narrative = {
    var report = Sample.report
    report.trace.losses = [Report.Loss(name: "live_blocks", text: "times", count: 3)]
    report.trace.eventsTotal = report.trace.eventsKept + 1000
    return Narrative(report)
  }()

  @Test("Numbers of what is open and closed are told as the least, and no peak is told")
  func numbers() {
    let leak = narrative.report.sites[0]
    #expect(narrative.headline.hasPrefix("1 call site leaks at least 40 fds"))
    #expect(narrative.headline.contains("the trace is too small, see Coverage"))
    #expect(narrative.title(of: leak).hasPrefix("at least 40 tcp sockets"))
    let facts = narrative.facts(of: leak).flatMap(\.lines).joined(separator: " ")
    #expect(!facts.contains("at once"))
    #expect(narrative.history?.facts.first?.contains("at most") != true)
    #expect(narrative.processTree(atMost: 1).first?.text.contains("at least ") == true)
  }

  @Test("What helps is said on the first screen, and nothing is said not to depend on it")
  func advice() {
    #expect(narrative.context.contains { $0.contains("FDTRACK_SIZE") })
    #expect(!narrative.coverage.contains { $0.contains("do not depend") })
  }

  @Test("What is not known to be open is not said to be closed")
  func clean() {
    var site = narrative.report.sites[0]
    (site.verdict, site.live) = (.clean, 0)
    #expect(narrative.title(of: site).hasSuffix(", none known to be open"))
  }
}
