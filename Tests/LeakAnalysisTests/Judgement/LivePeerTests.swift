import Glibc
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Peers that have closed while the process runs")
struct LivePeerTests {
  /// One process that has run for so many milliseconds so far.
  private static func running(for ms: Double) -> Scenario {
    var story = Scenario()
    story.process(to: nil)
    story.trace.clock.latestTicks = Scenario.ticks(ms)
    return story
  }

  /// Opens six connections within a second, whose peers the kernel says, after ten minutes, to have
  /// been gone for `gone` milliseconds.
  private static func site(
    _ call: String = "accept4", gone: Double, openedAt first: Double = 1000,
    siblingsLived: Double? = nil, isRunning: Bool = true
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: isRunning ? nil : 600_000)
    story.trace.clock.latestTicks = Scenario.ticks(600_000)
    if let life = siblingsLived {
      story.churn(4, from: 500, to: 900, life: life, call: call, kind: .tcp)
    }
    for fd in 3..<9 {
      story.open(fd, at: first + Double(fd) * 100, call: call, kind: .tcp) {
        $0.connect(to: 5432, state: 8)
        $0.look(at: 600_000, peerClosed: 600_000 - gone)
      }
    }
    let findings = Analysis(story.trace, running: isRunning ? [1] : []).findings
    return findings.sites.first ?? SiteFinding(id: -1)
  }

  @Test("Those that a server has kept for minutes after their clients left are a leak")
  func abandoned() {
    let site = Self.site(gone: 180_000)
    #expect(site.verdict == .leak)
    #expect(site.reasons.first == .peerClosed(count: 6, of: 6, goneNs: 180_000_000_000))
  }

  @Test("Those whose clients left a moment ago may be served still, while the process runs")
  func served() {
    let site = Self.site(gone: 60_000)
    #expect(site.verdict == .suspect)
    #expect(site.reasons.first?.code == "peer_connected")
    #expect(Self.site(gone: 60_000, isRunning: false).verdict == .leak)
  }

  @Test("A client that left long before it was accepted has not been kept for long")
  func lateAccept() {
    #expect(Self.site(gone: 180_000, openedAt: 598_000).verdict == .suspect)
  }

  @Test("Where others are served for longer, so may these be")
  func longService() {
    #expect(Self.site(gone: 180_000, siblingsLived: 200_000).verdict != .leak)
    #expect(Self.site(gone: 180_000, siblingsLived: 10).verdict == .leak)
  }

  @Test("What was accepted after a snapshot nobody has looked at")
  func afterSnapshot() {
    var story = Self.running(for: 600_000)
    story.trace.processes[0].flags.insert(.snapshot)
    for fd in 3..<23 {
      story.open(fd, at: Double(fd) * 20_000, call: "accept4", kind: .tcp)
    }
    story.trace.processes[0].snapshotTicks = Scenario.ticks(1)
    let site = story.site()
    #expect(site.verdict == .suspect)
    #expect(site.reasons == [.peerConnected(count: 20, unknown: 20, leftWithinNs: nil)])
    story.trace.processes[0].snapshotTicks = Scenario.ticks(600_000)
    #expect(story.site().verdict == .leak)
  }

  @Test("What the process connected itself is suspect: a pool learns of it when it needs one")
  func ownConnections() {
    let site = Self.site("socket", gone: 180_000)
    #expect(site.verdict == .suspect)
    #expect(site.reasons.map(\.code) == ["peer_closed"])
  }

  @Test("Those of which the process has read the end it knows of: they alone are a leak")
  func ownEndRead() {
    var story = Self.running(for: 600_000)
    for fd in 3..<9 {
      story.open(fd, at: Double(fd) * 100, call: "socket", kind: .tcp) {
        $0.connect(to: 5432, state: 8)
        $0.look(at: 600_000, peerClosed: 400_000)
        if fd < 5 { $0.fail("read", 0, at: 500_000) }
      }
    }
    let site = Analysis(story.trace, running: [1]).findings.sites.first
    #expect(site?.verdict == .leak)
    #expect(site?.reasons.first == .peerClosed(count: 2, of: 6, goneNs: 100_000_000_000))
  }

  @Test("A connection that waits for its client to close, or leads to itself, may be in use")
  func inUse() {
    for (state, port) in [(UInt8(5), UInt16(9)), (4, 9), (1, 80)] {
      var story = Self.running(for: 1000)
      for fd in 3..<9 {
        story.open(fd, at: Double(fd) * 100, call: "accept4", kind: .tcp) {
          $0.connect(to: 5432, state: state)
          $0.detail?.local = .ipv4(address: 1, port: port)
        }
      }
      story.open(9, site: 2, at: 1, call: "socket", kind: .tcp) {
        $0.connect(to: 80)
        $0.detail?.remote = .ipv4(address: 1, port: 80)
      }
      func verdict(running: Set<Int>) -> Verdict? {
        Analysis(story.trace, running: running).findings.sites.first { $0.stack == 1 }?.verdict
      }
      #expect(verdict(running: [1]) == .suspect, "state \(state)")
      #expect(verdict(running: []) == .leak, "state \(state)")
    }
  }

  @Test("It is a leak by how it was opened, as what nobody asked of is")
  func ownGrowth() {
    var story = Self.running(for: 600_000)
    for fd in 3..<43 {
      story.open(fd, at: Double(fd) * 10_000, call: "socket", kind: .tcp) {
        $0.connect(to: 5432, state: 8)
        $0.look(at: 600_000, peerClosed: Double(fd) * 10_000 + 5000)
      }
    }
    let site = Analysis(story.trace, running: [1]).findings.sites.first
    #expect(site?.verdict == .leak)
    #expect(site?.reasons.map(\.code) == ["growth", "never_closed", "peer_closed"])
  }

  @Test("Of clients that are all there it is told in one number, the latest among them")
  func allConnected() {
    var story = Scenario()
    story.process(to: 8000)
    story.churn(30, from: 10, to: 100, life: 1, call: "accept4", kind: .tcp)
    for fd in 5..<10 {
      story.open(fd, at: Double(fd) * 100, call: "accept4", kind: .tcp) { $0.connect(to: 5432) }
    }
    #expect(story.site().verdict == .suspect)
    #expect(story.site().reasons.first == .peerConnected(count: 5, leftWithinNs: nil))
  }

  @Test("What failed a moment ago a process that runs may be about to close")
  func failedJustNow() {
    for (moment, verdict) in [(599_500.0, Verdict.suspect), (598_000, .leak)] {
      var story = Self.running(for: 600_000)
      for fd in 3..<5 {
        story.open(fd, at: Double(fd) * 100_000, call: "accept4", kind: .tcp) {
          $0.connect(to: 5432)
          $0.fail("read", ECONNRESET, at: moment)
        }
      }
      let site = Analysis(story.trace, running: [1]).findings.sites.first
      #expect(site?.verdict == verdict, "at \(moment) ms")
      #expect(Analysis(story.trace).findings.sites.first?.verdict == .leak)
    }
  }
}
