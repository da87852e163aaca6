import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("What came beside siblings as a program started") struct StartUpTests {
  /// A table of files, read one after the other from `start` on, `gap` apart: three are kept, and
  /// closed are those before, between and after them.
  private func table(
    at start: Double, every gap: Double, life: Double, names: [String] = ["/a", "/b", "/c"],
    between count: Int = 4
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: life)
    story.churn(count, from: start, to: start + 6 * gap, life: gap / 5)
    for (index, name) in names.enumerated() {
      story.open(5 + index, at: start + (1.5 + 2 * Double(index)) * gap) { $0.name(name) }
    }
    return story.site()
  }

  @Test("A burst at the start, and nothing since, is no growth")
  func burst() {
    let site = table(at: 2, every: 0.3, life: 5000)
    #expect(site.verdict == .suspect)
    #expect(site.reasons.map(\.code) == ["outlives_siblings"])
    #expect(table(at: 50, every: 40, life: 5000).verdict == .suspect, "a slow start")
  }

  @Test("In a run that ends within a second after it, they came again and again")
  func shortRun() {
    #expect(table(at: 2, every: 0.3, life: 6).verdict == .leak)
    #expect(table(at: 2, every: 0.3, life: 900).verdict == .leak)
  }

  @Test("So they do where it is no moment, and later than at the start, or a good part of the run")
  func laterBurst() {
    #expect(table(at: 1000, every: 40, life: 5000).verdict == .leak)
    #expect(table(at: 50, every: 40, life: 2000).verdict == .leak)
    #expect(table(at: 1000, every: 5, life: 5000).verdict == .suspect, "within a moment")
  }

  @Test("Logs are opened when they are needed first, each once, and stay", arguments: [4, 60])
  func logs(closed: Int) {
    func verdict(_ names: String...) -> Verdict {
      table(at: 1000, every: 500, life: 5000, names: names, between: closed).verdict
    }
    #expect(verdict("/1.log", "/2.log", "/3.log") == .suspect)
    #expect(verdict("/1.log", "/2.log", "/1.log") == .leak)
    #expect(verdict("/1.log", "/2.log", "/3.txt") == .leak)
  }
}
