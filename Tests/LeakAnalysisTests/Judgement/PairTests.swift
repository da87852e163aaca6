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
    #expect(siblings == [1])
  }

  @Test("Twenty siblings are twenty pairs", arguments: [(19, Verdict.suspect), (20, .leak)])
  func countedPairs(closed: Int, verdict: Verdict) {
    var story = Scenario()
    story.process(to: 1000)
    story.churn(2 * closed, from: 5, to: 400, life: 0.2, call: "pipe2", kind: .pipe)
    story.churn(1, from: 100, to: 100, life: 0.2, call: "pipe2", kind: .pipe)
    story.open(3, at: 100, call: "pipe2", kind: .pipe)
    #expect(story.site().verdict == verdict)
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

  /// The pipes of commands whose output is read, made every 5 ms and forgotten: each command gets
  /// those of the ones before, too.
  private func commands(_ count: Int, life: Double, endsAt end: Double? = 5000) -> Scenario {
    var story = Scenario()
    story.process(to: end)
    story.churn(
      count, from: 10, to: 10 + Double(count - 1) * 5, life: 0.2, call: "pipe2", kind: .pipe)
    for pipe in 0..<count {
      let at = 10 + Double(pipe) * 5
      story.open(3 + pipe, at: at, call: "pipe2", kind: .pipe)
      let child = story.process(2 + pipe, from: at + 1, to: at + 1 + life, how: .fork, parent: 1)
      for open in 0...pipe { story.inherit(3 + open, from: 1, to: child) }
    }
    return story
  }

  @Test("Ends of children that came and went one after the other are no channels")
  func commands() {
    let site = commands(20, life: 2).site()
    #expect(site.verdict == .leak)
    #expect(site.reasons.first == .neverClosed(opens: 20, withinNs: 95_000_000))
  }

  @Test("Nor are those of children that were there together, and have ended long ago")
  func endedTogether() {
    let site = commands(6, life: 100).site()
    #expect(site.verdict == .suspect && site.reasons.first?.code == "burst")
    #expect(commands(6, life: 4500).site().verdict == .held, "they ended just before")
    #expect(commands(2, life: 100).site().verdict == .held, "they are too few")
  }

  @Test("Pipes that a loop has for itself are not called its children's, which all get them")
  func commonHeir() {
    var story = Scenario()
    story.process(to: 5000)
    for end in 0..<8 {
      story.open(3 + end, at: 10 + Double(end / 2), call: "pipe2", kind: .pipe)
    }
    let child = story.process(2, from: 20, to: 30, how: .fork, parent: 1)
    for end in 0..<8 { story.inherit(3 + end, from: 1, to: child) }
    #expect(story.site().verdict == .held)
  }

  @Test("A socket that was connected to a service is no channel to a child that got it")
  func connected() {
    var story = Scenario()
    story.process(to: 1000)
    for client in 0..<6 {
      story.open(3 + client, at: 10 + Double(client), call: "socket", kind: .unix) {
        var detail = DescriptorDetail()
        (detail.form, detail.text) = (.unixPath, "/run/service")
        $0.detail = detail
      }
    }
    let child = story.process(2, from: 20, to: nil, how: .fork, parent: 1)
    for client in 0..<6 { story.inherit(3 + client, from: 1, to: child) }
    #expect(story.site().verdict == .leak)
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
