import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("Pairs of which one end is closed")
struct PairTests {
  /// A pipe every 100 ms, the write end of which is closed at once.
  private func story(pairs: Int) -> Scenario {
    var story = Scenario()
    story.process(to: 1000)
    story.churn(
      pairs, from: 10, to: 10 + Double(pairs - 1) * 100, life: 0.2, call: "pipe2", kind: .pipe)
    for pair in 0..<pairs {
      story.open(3 + pair, at: 10 + Double(pair) * 100, call: "pipe2", kind: .pipe)
    }
    return story
  }

  @Test("The other end is no sibling: none of the pairs was ever closed")
  func halfClosed() {
    let site = story(pairs: 8).site()
    #expect(site.verdict == .leak && site.opened == 16 && site.closed == 8)
    #expect(site.reasons.first?.code == "growth")
    #expect(!site.reasons.contains { $0.code == "outlives_siblings" })
  }

  @Test("Nor where another pair was closed whole: then that one alone is a sibling")
  func oneWhole() throws {
    var story = story(pairs: 30)
    story.churn(2, from: 5, to: 5, life: 0.2, call: "pipe2", kind: .pipe)
    let site = story.site()
    #expect(site.byProcess.map(\.otherEnds) == [30] && site.closed == 32)
    #expect(site.verdict == .leak && site.reasons.first?.code == "growth")
    let siblings = site.reasons.compactMap { reason in
      if case .outlivesSiblings(_, _, _, let siblings) = reason { siblings } else { nil }
    }
    #expect(siblings == [2])
  }

  @Test("One pair with one end closed is one call, of which nothing else was closed")
  func oneHalf() {
    let site = story(pairs: 1).site()
    #expect(site.verdict == .held && site.reasons == [.single])
  }

  @Test("Ends that workers hold are channels, also when the master closed its copies")
  func channels() {
    var story = story(pairs: 8)
    for pair in 0..<8 {
      let child = story.process(
        2 + pair, from: 10 + Double(pair) * 100, to: nil, how: .fork, parent: 1)
      story.inherit(3 + pair, from: 1, to: child)
    }
    #expect(story.site().verdict == .held)
    #expect(story.site().reasons.first?.code == "channel_to_child")
  }

  /// A terminal every 100 ms, whose slave is opened right after the master.
  private func terminals(_ pairs: Int, keepSlaves: Bool) -> Scenario {
    var story = Scenario()
    story.process(to: 1000)
    for pair in 0..<pairs {
      let at = 10 + Double(pair) * 100
      story.open(3 + 2 * pair, at: at, call: "openpty", kind: .pty) { $0.name("/dev/ptmx") }
      if keepSlaves {
        story.open(4 + 2 * pair, at: at + 0.02, call: "openpty", kind: .pty) {
          $0.name("/dev/pts/\(pair)")
        }
      } else {
        story.churn(1, from: at + 0.02, to: at + 0.02, life: 0.2, call: "openpty", kind: .pty)
      }
    }
    return story
  }

  @Test("The terminal that openpty opened is the other end of its master, and no sibling")
  func halfClosedTerminals() {
    let site = terminals(8, keepSlaves: false).site()
    #expect(site.byProcess.map(\.otherEnds) == [8] && site.closed == 8)
    #expect(!site.reasons.contains { $0.code == "outlives_siblings" })
    #expect(site.reasons.last == .neverClosed(opens: 8, withinNs: 700_000_000))
  }

  @Test("A master and its terminal come by one call, though one after the other")
  func wholeTerminals() {
    let site = terminals(6, keepSlaves: true).site()
    #expect(site.live == 12)
    #expect(site.reasons.last == .neverClosed(opens: 6, withinNs: 500_020_000))
  }
}
