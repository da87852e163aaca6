import Glibc
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("One process for each connection") struct SessionEndTests {
  /// One that reads the end of its connection at 900, with `change` beside it.
  private func site(
    to end: Double = 905, endsBy kind: TracedProcess.End = .exit(status: 0), errno: Int32 = 0,
    _ change: (inout Scenario) -> Void = { _ in }
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: end, end: kind)
    story.open(5, at: 1, call: "dup", kind: .tcp) {
      $0.connect(to: 50_000, state: 8)
      $0.fail("read", errno, at: 900)
    }
    change(&story)
    return story.site()
  }

  @Test("Who ends as it has read the end of its only connection leaves closing to the kernel")
  func end() {
    let site = site()
    #expect(site.verdict == .held)
    #expect(site.reasons.first == .sessionEnd(withinNs: 5_000_000))
    #expect(self.site(errno: ECONNRESET).verdict == .held, "as one does that only looks in")
    #expect(self.site { $0.churn(3, site: 2, from: 10, to: 800, life: 102) }.verdict == .held)
  }

  @Test("So does who shuts it down, and learns that the peer has gone")
  func shutDown() {
    func site(to end: Double) -> SiteFinding {
      var story = Scenario()
      story.process(to: end)
      story.open(5, at: 1, call: "accept", kind: .tcp) {
        $0.connect(to: 50_000, state: 7)
        $0.fail("shutdown", ENOTCONN, at: 900)
      }
      return story.site()
    }
    #expect(site(to: 905).reasons.first == .sessionEnd(withinNs: 5_000_000))
    #expect(site(to: 2000).verdict == .leak)
  }

  /// Two that came first thing, whose ends are read from `end` on, of a process that ends at 905.
  private func two(from end: Double, opened: Double = 2) -> SiteFinding {
    site {
      $0.trace.processes[0].descriptors = []
      for fd in 5..<7 {
        $0.open(fd, at: opened, call: "dup", kind: .tcp) {
          $0.connect(to: UInt16(50_000 + fd), state: 8)
          $0.fail("read", 0, at: end)
        }
      }
    }
  }

  @Test("Peers that all go with the process, after they were there for long, are suspect")
  func several() {
    #expect(two(from: 900).verdict == .suspect)
    #expect(two(from: 900, opened: 897).verdict == .leak)
    #expect(two(from: 400).verdict == .leak)
  }

  @Test("Who goes on, is killed, opens another or has met an error does not")
  func others() {
    #expect(site(to: 2000).verdict == .leak)
    #expect(site(endsBy: .signal(SIGTERM)).verdict == .suspect)
    #expect(site { $0.open(6, site: 2, at: 902) }.verdict == .leak)
    #expect(site(errno: EIO).verdict == .suspect)
  }
}
