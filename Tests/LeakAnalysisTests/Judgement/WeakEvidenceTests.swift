import Glibc
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("What says little of one says nothing of the others")
struct WeakEvidenceTests {
  /// Connects to one server over and over, and keeps all.
  private static func story() -> Scenario {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<63 {
      story.open(fd, at: Double(fd) * 16, call: "socket", kind: .tcp) { $0.connect(to: 5432) }
    }
    return story
  }

  @Test("A connect that fails as the program ends does not hide what it has leaked until then")
  func lastFailure() {
    var story = Self.story()
    story.open(63, at: 999, call: "socket", kind: .tcp) {
      $0.fail("connect", ECONNREFUSED, at: 999.5)
    }
    let site = story.site()
    #expect(site.verdict == .leak && site.live == 61 && site.byProcess.map(\.apart) == [1])
    #expect(site.reasons.first?.code == "growth")
    #expect(
      site.reasons.last
        == .abandonedAfterFailure(
          api: "connect", error: ECONNREFUSED, errorName: "ECONNREFUSED", count: 1, of: 61,
          stack: 77))
  }

  @Test("Alone, it is suspect as before")
  func onlyFailure() {
    var story = Scenario()
    story.process(to: 1000)
    story.open(3, at: 999, call: "socket", kind: .tcp) {
      $0.fail("connect", ECONNREFUSED, at: 999.5)
    }
    #expect(story.site().verdict == .suspect)
  }

  @Test("A server that closes right before the end does not hide connections that were leaked")
  func lastClose() {
    var story = Self.story()
    for index in story.trace.processes[0].descriptors.indices {
      let opened = story.trace.processes[0].descriptors[index].openedTicks
      story.trace.processes[0].descriptors[index].connect(to: 5432, state: 8)
      story.trace.processes[0].descriptors[index].look(at: 1000, peerClosed: 993)
      // The last one was there for less time than its peer has been gone.
      if opened > Scenario.ticks(990) {
        story.trace.processes[0].descriptors[index].look(at: 1000, peerClosed: 970)
      }
    }
    let site = story.site()
    #expect(site.verdict == .leak)
    #expect(
      site.reasons.first { $0.code == "peer_closed" }
        == .peerClosed(count: 1, of: 60, late: 59, lateWithinNs: 7_000_000))
  }

  @Test("A failure of few is no reason for the others")
  func fewFailures() {
    var story = Self.story()
    for index in 0..<2 {
      story.trace.processes[0].descriptors[index].fail("read", ECONNRESET, at: 900)
    }
    let site = story.site()
    #expect(site.verdict == .leak && site.cause == nil && site.byProcess.map(\.apart) == [0])
    #expect(site.reasons.first?.code == "growth")
    #expect(site.reasons.contains { $0.code == "abandoned_after_failure" })
  }

  @Test("What another process holds on purpose is no part of what one forgets")
  func otherProcess() {
    var story = Scenario()
    story.process(to: 1000)
    story.process(2, to: 1000)
    for fd in 3..<5 {
      story.open(fd, in: 1, at: 1, call: "socket", kind: .tcp) { $0.listen(on: UInt16(8000 + fd)) }
    }
    for fd in 3..<23 {
      story.open(fd, in: 2, at: Double(fd) * 40, call: "socket", kind: .tcp) {
        $0.connect(to: 5432)
      }
    }
    let site = story.site()
    #expect(site.verdict == .leak && site.byProcess.map(\.apart) == [2, 0])
  }

  @Test("Directories that a read was tried on, and that are kept for openat, are no leak")
  func directories() {
    func verdict(of count: Int = 3, every ms: Double, _ name: (Int) -> String) -> Verdict {
      var story = Scenario()
      story.process(to: 5000)
      for fd in 5..<5 + count {
        story.open(fd, at: Double(fd) * ms, kind: .dir) {
          $0.name(name(fd))
          $0.fail("read", EISDIR, at: Double(fd) * ms + 1)
        }
      }
      return story.site().verdict
    }
    #expect(verdict(every: 10) { "/srv/\($0)" } == .suspect)
    #expect(verdict(of: 5, every: 10) { "/srv/\($0)" } == .leak, "a loop")
    #expect(verdict(every: 10) { _ in "/srv" } == .leak, "one and the same")
    #expect(verdict(every: 700) { "/srv/\($0)" } == .leak, "again and again")
  }

  @Test("Two and two together are two, and not four that came again and again")
  func bursts() {
    func story(_ moments: [Double]) -> SiteFinding {
      var story = Scenario()
      story.process(to: 5000)
      for (index, at) in moments.enumerated() {
        story.open(5 + index, at: at, call: "socket", kind: .tcp)
      }
      story.churn(5, from: 90, to: 600, life: 0.5, call: "socket", kind: .tcp)
      return story.site()
    }
    #expect(story([150, 150.1, 500, 500.1]).verdict == .suspect)
    #expect(story([150, 300, 400, 500]).verdict == .leak)
  }
}
