import Glibc
import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("Descriptors that are closed by and by")
struct DeferredCloseTests {
  /// Forty connections, each closed after `life`, and ten that are open at 5000, of which the
  /// first came at `from`.
  private func story(
    life: Double, from start: Double = 4700, closed: Int = 40,
    _ change: (inout Descriptor, Double) -> Void = { $0.fail("read", 0, at: $1 + 1) }
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 5000)
    story.churn(closed, from: 10, to: 4600, life: life, call: "accept4", kind: .tcp)
    for fd in 0..<10 {
      let at = start + Double(fd) * (4950 - start) / 10
      story.open(5 + fd, at: at, call: "accept4", kind: .tcp) { change(&$0, at) }
    }
    return story
  }

  @Test("Where others lived for as long, those that came lately may be closed yet")
  func reaper() {
    let site = story(life: 400).site()
    #expect(site.verdict == .suspect)
    #expect(site.reasons.map(\.code) == ["peer_closed", "siblings_closed"])
  }

  @Test("A client from early on that is still connected does not make them older")
  func besideClient() {
    for fail in [("read", 0), ("read", ECONNRESET)] {
      var story = story(life: 400) { $0.fail(fail.0, fail.1, at: $1 + 1) }
      story.open(90, at: 20, call: "accept4", kind: .tcp) { $0.connect(to: 50_000) }
      #expect(story.site().verdict == .suspect)
    }
  }

  @Test("So may those whose connection broke")
  func broken() {
    let site = story(life: 400) { $0.fail("read", ECONNRESET, at: $1 + 1) }.site()
    #expect(site.verdict == .suspect)
    #expect(site.reasons.map(\.code) == ["abandoned_after_failure", "siblings_closed"])
  }

  @Test("What failed before it was of use waits for nobody")
  func setUp() {
    #expect(story(life: 400) { $0.fail("bind", EADDRINUSE, at: $1 + 1) }.site().verdict == .leak)
  }

  @Test("One that is older than any other became is none of them")
  func older() {
    #expect(story(life: 200).site().verdict == .leak)
  }

  @Test("Those that came again and again leak, however long another one lived")
  func spread() {
    #expect(story(life: 4900, from: 200).site().verdict == .leak)
  }

  @Test("One other that lived for long is no reaper's", arguments: [1, 9, 10])
  func outlier(long: Int) {
    for fail in [("read", 0), ("read", ECONNRESET)] {
      var story = story(life: 10) { $0.fail(fail.0, fail.1, at: $1 + 1) }
      story.churn(
        long, from: 20, to: 4000, life: 400, call: "accept4", kind: .tcp)
      #expect(story.site().verdict == (long < 10 ? .leak : .suspect))
    }
  }

  @Test("A few others say nothing")
  func few() {
    #expect(story(life: 400, closed: 19).site().verdict == .leak)
  }
}
