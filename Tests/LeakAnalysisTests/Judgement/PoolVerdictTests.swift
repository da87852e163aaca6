import Glibc
import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("Pools, logs and connections in use")
struct PoolVerdictTests {
  @Test("A pool of connections that its server has dropped may be one, if nobody knew")
  func droppedPool() {
    func site(every ms: Double = 1, call: String = "socket", read: Bool = false) -> SiteFinding {
      var story = Scenario()
      story.process(to: 3000)
      for fd in 3..<11 {
        story.open(fd, at: 100 + Double(fd) * ms, call: call, kind: .tcp) {
          $0.connect(to: UInt16(8000 + fd), state: 8)
          $0.look(at: 3000, peerClosed: 1000)
          if read { $0.fail("read", 0, at: 1100) }
        }
      }
      return story.site()
    }
    #expect(site().verdict == .suspect)
    #expect(site().reasons == [.peerClosed(count: 8, of: 8)])
    #expect(site(every: 100).verdict == .leak)
    #expect(site(call: "accept4").verdict == .leak)
    #expect(site(read: true).verdict == .leak)
  }

  @Test("Connections that are in use are no part of a leak of those whose peers have closed")
  func connectedAmong() {
    var story = Scenario()
    story.process(to: 10_000)
    for fd in 3..<53 {
      story.open(fd, at: Double(fd) * 90, call: "accept4", kind: .tcp) {
        $0.connect(to: UInt16(50000 + fd), state: fd < 6 ? 8 : 1)
      }
    }
    let site = story.site()
    #expect(site.verdict == .leak && site.live == 50 && site.byProcess.map(\.apart) == [47])
    #expect(
      site.reasons == [
        .peerClosed(count: 3, of: 50), .peerConnected(count: 47, of: 50, leftWithinNs: nil),
      ])
  }

  @Test("Nor are they of a leak of those that broke, however many these are", arguments: [8, 40])
  func connectedAmongBroken(failed: Int) {
    var story = Scenario()
    story.process(to: 10_000)
    for fd in 3..<53 {
      story.open(fd, at: Double(fd) * 90, call: "accept4", kind: .tcp) {
        $0.connect(to: UInt16(50000 + fd), state: fd - 3 < failed ? 7 : 1)
        if fd - 3 < failed { $0.fail("read", ECONNRESET, at: Double(fd) * 90 + 1) }
      }
    }
    let site = story.site()
    #expect(site.verdict == .leak && site.byProcess.map(\.apart) == [50 - failed])
    #expect(
      site.reasons.map(\.code) == ["abandoned_after_failure", "peer_connected", "peer_gone"])
  }

  @Test(
    "Who connects anew when a connection breaks has the latest in use", arguments: [true, false])
  func reconnected(read: Bool) {
    func site(latest: UInt8 = 1, later: Bool = false, others: UInt8 = 7) -> SiteFinding {
      var story = Scenario()
      story.process(to: 10_000)
      for fd in 3..<23 {
        let at = Double(fd) * 400
        story.open(fd, at: at, call: "socket", kind: .tcp) {
          $0.connect(to: 5432, state: fd == 22 ? latest : others)
          if fd < 22 && read { $0.fail("read", ECONNRESET, at: at + 100) }
        }
      }
      if later { story.churn(1, from: 9000, to: 9000, life: 1, call: "socket", kind: .tcp) }
      return story.site()
    }
    #expect(site().verdict == .leak && site().byProcess.map(\.apart) == [1])
    #expect(site().reasons.last == .connectedAmong(count: 1))
    #expect(site(latest: 7).byProcess.map(\.apart) == [0])
    #expect(site(later: true).byProcess.map(\.apart) == [0], "another was the latest")
    if !read { #expect(site(others: 1).byProcess.map(\.apart) == [0]) }
  }

  @Test("A burst of connections that both ends keep may be a pool, once the rest is long enough")
  func idleConnections() {
    func verdict(to end: Double, _ connect: (inout Descriptor) -> Void) -> Verdict {
      var story = Scenario()
      story.process(to: end)
      for fd in 3..<9 {
        story.open(fd, at: 10 + Double(fd) / 10, call: "socket", kind: .tcp, connect)
      }
      return story.site().verdict
    }
    #expect(verdict(to: 1000) { $0.connect(to: 80) } == .suspect)
    #expect(verdict(to: 200) { $0.connect(to: 80) } == .leak)
    // Closing, or nobody looked.
    #expect(verdict(to: 1000) { $0.connect(to: 80, state: 5) } == .leak)
    #expect(verdict(to: 1000) { $0.flags.insert(.connected) } == .leak)
  }

  @Test("Clients that are still connected are held, and many of them suspect at most")
  func connectedClients() {
    var story = Scenario()
    story.process(to: 10_000)
    story.open(3, site: 1, at: 1, call: "accept4", kind: .tcp) { $0.connect(to: 50000) }
    for fd in 10..<60 {
      story.open(fd, site: 2, at: Double(fd) * 100, call: "accept4", kind: .tcp) {
        $0.connect(to: UInt16(50000 + fd))
      }
    }
    #expect(story.site(1).verdict == .held && story.site(2).verdict == .suspect)
  }

  @Test("A monitor's old connection beside a thousand short ones is no leak")
  func oldClient() {
    var story = Scenario()
    story.process(to: 60_000)
    story.churn(1000, from: 10, to: 59_000, life: 1, call: "accept4", kind: .tcp)
    story.open(9, at: 500, call: "accept4", kind: .tcp) { $0.connect(to: 50000) }
    #expect(story.site().verdict == .suspect)
  }

  @Test("A pool that was filled at start and rested since")
  func pool() {
    var story = Scenario()
    story.process(to: 60_000)
    for fd in 3..<13 {
      story.open(fd, at: 5 + Double(fd), call: "socket", kind: .tcp) { $0.connect(to: 5432) }
    }
    #expect(story.site().verdict == .held && story.site().reasons.first?.code == "start_up")
  }

  @Test("Ten log files of as many names, opened at start")
  func logFiles() {
    var story = Scenario()
    story.process(to: 60_000)
    for fd in 3..<13 { story.open(fd, at: 5 + Double(fd)) { $0.name("/var/log/\(fd)") } }
    #expect(story.site().verdict == .held)
  }

  @Test("Log files need no rest to be believed, one name each")
  func shortLived() {
    var story = Scenario()
    story.process(to: 200)
    for fd in 3..<10 {
      story.open(fd, site: 1, at: 5 + Double(fd) / 1000) { $0.name("/srv/\(fd).log") }
      story.open(fd + 10, site: 2, at: 5 + Double(fd) / 1000) { $0.name("/srv/same.log") }
    }
    #expect(story.site(1).verdict == .held && story.site(2).verdict == .leak)
  }

  @Test("A log file for each tenant, opened when it is needed first, is suspect at most")
  func tenants() {
    func verdict(_ name: (Int) -> String) -> Verdict {
      var story = Scenario()
      story.process(to: 60_000)
      for fd in 3..<15 { story.open(fd, at: Double(fd) * 4000) { $0.name(name(fd)) } }
      return story.site().verdict
    }
    #expect(verdict { "/srv/\($0).log" } == .suspect)
    #expect(verdict { _ in "/srv/same.log" } == .leak && verdict { "/srv/\($0).db" } == .leak)
  }

  @Test("Clients of a killed server, which nobody looked at, are suspect at most")
  func killedServer() {
    var story = Scenario()
    story.process(to: nil)
    for fd in 3..<23 { story.open(fd, at: Double(fd), call: "accept4", kind: .tcp) }
    #expect(story.site().verdict == .suspect)
    story.trace.processes[0].flags.insert(.snapshot)
    #expect(story.site().verdict == .leak)
  }
}
