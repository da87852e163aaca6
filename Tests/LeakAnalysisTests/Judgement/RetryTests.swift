import Glibc
import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("Calls that fail again on one descriptor")
struct RetryTests {
  /// Four sockets from 10 on, on which a connect failed at `last` for the last time.
  private func story(last: Double, isRetried: Bool = true) -> Scenario {
    var story = Scenario()
    story.process(to: 5000)
    for fd in 5..<9 {
      story.open(fd, at: 10, call: "socket", kind: .tcp) {
        $0.fail("connect", ECONNREFUSED, at: last)
        if isRetried { $0.flags.insert(.retried) }
      }
    }
    story.churn(9, site: 2, from: 20, to: 4990, life: 1)
    return story
  }

  @Test("Who tries again on the same socket has not given it up")
  func retried() {
    let site = story(last: 4900).site()
    #expect(site.verdict == .suspect)
    #expect(site.reasons.first?.code == "abandoned_after_failure")
  }

  @Test("Who failed once has")
  func once() {
    #expect(story(last: 4900, isRetried: false).site().verdict == .leak)
  }

  @Test("Who did not try again for as long as before has given up")
  func gaveUp() {
    #expect(story(last: 300).site().verdict == .leak)
  }

  @Test("Sockets that were given up are told alone")
  func beside() {
    var story = story(last: 4900)
    for fd in 20..<23 {
      story.open(fd, at: 100, call: "socket", kind: .tcp) {
        $0.fail("connect", ECONNREFUSED, at: 101)
      }
    }
    let site = story.site()
    #expect(site.verdict == .leak)
    guard case .abandonedAfterFailure(_, _, _, let count, let of, _)? = site.reasons.first else {
      Issue.record("another reason: \(site.reasons)")
      return
    }
    #expect(count == 3 && of == 7)
  }
}
