import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("Where the others of a site are closed")
struct CloseSiteTests {
  /// Thirty that lived for `lives`, in milliseconds, of which the recorder knows the shortest, the
  /// longest, and powers of four.
  private func median(_ lives: [Double]) throws -> Double {
    var story = Scenario()
    story.process(to: 1000)
    for life in lives { story.churn(1, from: 10, to: 10, life: life) }
    story.open(3, at: 900)
    let site = try #require(story.site().closeSites.first)
    return Double(try #require(site.medianNs)) / 1_000_000
  }

  @Test("The median is never beyond what any of them lived, nor twice as much as it is")
  func median() throws {
    for lives in [
      [Double](repeating: 8, count: 29) + [11.5], [Double](repeating: 8, count: 29) + [25], [3],
    ] {
      let median = try median(lives)
      #expect(median >= lives[0] && median <= 2 * lives[0] && median <= lives.last!)
    }
  }
}
