import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Terminals of children") struct TerminalTests {
  /// A terminal every 20 ms by forkpty, which makes a child for each a moment before: 2, 3 and
  /// so on. Those of `ended` have ended. As many others were closed.
  private func story(
    _ count: Int, ended: Set<Int> = [], closed: Int = 3
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 5000)
    if closed > 0 {
      story.churn(closed, from: 10, to: 15, life: 1, call: "forkpty", kind: .pty)
    }
    for number in 0..<count {
      let at = 20 + Double(number) * 20
      story.open(5 + number, at: at, call: "forkpty", kind: .pty) { $0.name("/dev/ptmx") }
      let end: Double? = ended.contains(number) ? at + 5 : nil
      story.start(2 + number, by: 1, "forkpty", how: .fork, at: at - 0.1, to: end)
      story.trace.processes[1 + number].bornStack = 1
    }
    return story
  }

  @Test("Those of children that go on are in use, whatever was closed")
  func inUse() {
    let site = story(3).site()
    #expect(site.verdict == .held && site.reasons.first == .channelToChild(count: 3))
    #expect(story(8, closed: 0).site().verdict == .held)
  }

  @Test("Those whose children have ended are forgotten, and judged without the others")
  func forgotten() {
    let site = story(12, ended: Set(0..<8), closed: 0).site()
    #expect(site.verdict == .leak && site.byProcess.map(\.apart) == [4])
    #expect(site.reasons.last == .channelToChild(count: 4))
  }

  @Test("A child that got all of them is no reason to keep them")
  func oneChild() {
    var story = Scenario()
    story.process(to: 5000)
    for fd in 5..<13 { story.open(fd, at: Double(fd) * 400, call: "open", kind: .pty) }
    story.start(2, by: 1, "fork", how: .fork, at: 4900, to: nil)
    for fd in 5..<13 { story.inherit(fd, from: 1, to: 2) }
    #expect(story.site().verdict == .leak)
  }
}
