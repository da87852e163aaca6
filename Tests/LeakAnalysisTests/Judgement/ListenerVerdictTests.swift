import Glibc
import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("Listeners and verdicts")
struct ListenerVerdictTests {
  @Test("A listener among sockets of one call is set apart, and the others are judged")
  func listenerAmong() {
    var story = Scenario()
    story.process(to: 1000)
    story.open(3, at: 10, call: "socket", kind: .tcp) { $0.listen(on: 8080) }
    for fd in 4..<10 {
      story.open(fd, at: Double(fd) * 90, call: "socket", kind: .tcp) {
        $0.connect(to: 80, state: 8)
      }
    }
    let site = story.site()
    #expect(site.verdict == .leak && site.live == 7)
    #expect(site.reasons == [.peerClosed(count: 6, of: 6), .listenersAmong(count: 1)])
    #expect(site.byProcess.map(\.apart) == [1])
  }

  @Test("A listener beside one other socket is no part of a leak, and makes none")
  func listenerBeside() {
    var story = Scenario()
    story.process(to: 1000)
    for (fd, at) in [(3, 10.0), (4, 300)] {
      story.open(fd, at: at, call: "socket", kind: .tcp) { $0.listen(on: UInt16(8080 + fd)) }
    }
    story.open(5, at: 900, call: "socket", kind: .tcp) { $0.connect(to: 80) }
    #expect(story.site().verdict == .held)
    #expect(story.site().reasons == [.single, .listenersAmong(count: 2)])
  }

  @Test("A listener opened before the connections of one call is none that outlives them")
  func listenerBefore() {
    func site(_ listeners: Int, from start: Double) -> SiteFinding {
      var story = Scenario()
      story.process(to: 1000)
      story.churn(100, from: 10, to: 900, life: 1, call: "socket", kind: .tcp)
      for fd in 3..<3 + listeners {
        story.open(fd, at: start + Double(fd), call: "socket", kind: .tcp) {
          $0.listen(on: UInt16(40000 + fd))
        }
      }
      return story.site()
    }
    #expect(site(1, from: 1).verdict == .held && site(2, from: 1).verdict == .held)
    #expect(site(2, from: 1).reasons == [.listener(count: 2)])
    // A server in passive mode opens them as it works.
    #expect(site(1, from: 500).verdict == .leak && site(3, from: 1).verdict != .held)
  }

  @Test("Listeners are held, ten of them too")
  func listeners() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<13 {
      story.open(fd, at: 1 + Double(fd) / 1000, call: "socket", kind: .tcp) {
        $0.listen(on: UInt16(8000 + fd))
      }
    }
    #expect(story.site().verdict == .held && story.site().reasons == [.listener(count: 10)])
  }

  @Test("Listeners on drawn ports that pile up are not a service")
  func ephemeralListeners() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<13 {
      story.open(fd, at: 1 + Double(fd) / 1000, call: "socket", kind: .tcp) {
        $0.listen(on: UInt16(40000 + fd))
      }
    }
    #expect(story.site().verdict == .leak)
  }

  @Test("Listeners that share one address are a service, though its port was drawn")
  func listenerGroup() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<13 {
      story.open(fd, at: 1 + Double(fd) / 1000, call: "socket", kind: .tcp) {
        $0.listen(on: 40000)
      }
    }
    #expect(story.site().verdict == .held && story.site().reasons == [.listener(count: 10)])
  }

  @Test("Duplicates of one listener are no group")
  func duplicatedListener() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<13 {
      story.open(fd, at: 1 + Double(fd) / 1000, call: "socket", kind: .tcp) {
        $0.listen(on: 40000)
        $0.source = 3
      }
    }
    #expect(story.site().verdict == .leak)
  }
}
