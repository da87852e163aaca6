import Glibc
import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("What is called a leak")
struct LeakVerdictTests {
  @Test("Sockets whose connect failed, all of them, with the failure as the cause")
  func failedConnects() throws {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<40 {
      story.open(fd, at: Double(fd), call: "socket", kind: .tcp) {
        $0.fail("connect", ECONNREFUSED, at: Double(fd) + 0.1)
      }
    }
    let site = story.site()
    #expect(site.verdict == .leak && site.live == 37)
    #expect(
      site.reasons.first
        == .abandonedAfterFailure(
          api: "connect", error: ECONNREFUSED, errorName: "ECONNREFUSED", count: 37, of: 37,
          stack: 77))
    let cause = try #require(site.cause)
    #expect(cause.count == 37 && cause.of == 37 && cause.errorName == "ECONNREFUSED")
  }

  @Test("What failed in all processes is told of all, what did in the worst one of that")
  func failedInSeveral() {
    func site(lastError: Int32) -> SiteFinding {
      var story = Scenario()
      for (process, count) in [(1, 20), (2, 12)] {
        story.process(process, to: 1000)
        for fd in 3..<3 + count {
          story.open(fd, in: process, at: Double(fd), call: "socket", kind: .tcp) {
            let error = process == 2 && fd == 3 ? lastError : ECONNREFUSED
            $0.fail("connect", error, at: Double(fd) + 0.1)
          }
        }
      }
      return story.site()
    }
    func reason(_ count: Int) -> Reason {
      .abandonedAfterFailure(
        api: "connect", error: ECONNREFUSED, errorName: "ECONNREFUSED", count: count, of: count,
        stack: 77)
    }
    let (all, one) = (site(lastError: ECONNREFUSED), site(lastError: EPIPE))
    #expect(all.reasons == [reason(32)] && all.judgedProcess == 1 && all.live == 32)
    #expect(one.reasons == [reason(20)] && one.judgedProcess == 1 && one.live == 32)
  }

  @Test("One failed connect in a program that went on")
  func oneFailure() {
    var story = Scenario()
    story.process(to: 5000)
    story.open(3, at: 1, call: "socket", kind: .tcp) { $0.fail("connect", ECONNREFUSED, at: 2) }
    #expect(story.site().verdict == .leak)
  }

  @Test("Two failures, even right before the end")
  func twoFailures() {
    var story = Scenario()
    story.process(to: 3)
    for fd in 3..<5 {
      story.open(fd, at: 1, call: "socket", kind: .tcp) { $0.fail("connect", ECONNREFUSED, at: 2) }
    }
    #expect(story.site().verdict == .leak)
  }

  @Test("Connections whose peers have closed")
  func peersClosed() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<6 {
      story.open(fd, at: Double(fd), call: "accept4", kind: .tcp) {
        $0.connect(to: UInt16(50000 + fd), state: 8)
      }
    }
    #expect(story.site().verdict == .leak)
    #expect(story.site().reasons.first == .peerClosed(count: 3, of: 3))
  }

  /// Keeps three connections, made from the first ms on, whose peers closed at `closed` of 1000,
  /// and has served others at some moments.
  private func site(
    peersClosedAt closed: Double, madeAt opened: Double = 1, others: [Double] = []
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: 1000)
    for at in others {
      story.churn(1, from: at, to: at, life: 0.1, call: "accept4", kind: .tcp)
    }
    for fd in 3..<6 {
      story.open(fd, at: opened + Double(fd) / 10, call: "accept4", kind: .tcp) {
        $0.connect(to: UInt16(50000 + fd), state: 8)
        $0.look(at: 1000, peerClosed: closed)
      }
    }
    return story.site()
  }

  @Test("Peers that closed long before the end, for as long as they were there or while it served")
  func peersClosedBefore() {
    for site in [
      site(peersClosedAt: 400), site(peersClosedAt: 970, madeAt: 960),
      site(peersClosedAt: 900, others: [950]),
    ] {
      #expect(site.verdict == .leak)
      #expect(site.reasons.first == .peerClosed(count: 3, of: 3))
    }
  }

  @Test("Peers that closed in the moment in which the server ended are no evidence")
  func peersClosedAtTheEnd() {
    let short = site(peersClosedAt: 985, madeAt: 984)
    #expect(short.verdict == .suspect)
    #expect(short.reasons == [.peerConnected(count: 3, left: 3, leftWithinNs: 15_000_000)])
    let long = site(peersClosedAt: 700)
    #expect(long.reasons == [.peerConnected(count: 3, left: 3, leftWithinNs: 300_000_000)])
    #expect(site(peersClosedAt: 900, others: [800]).reasons.first?.code != "peer_closed")
  }

  @Test("An end that was read counts, however late it came")
  func readAtTheEnd() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<5 {
      story.open(fd, at: 1, call: "accept4", kind: .tcp) {
        $0.connect(to: 50000, state: 8)
        $0.look(at: 1000, peerClosed: 995)
        $0.fail("read", 0, at: 996)
      }
    }
    #expect(story.site().verdict == .leak)
    #expect(story.site().reasons.first == .peerClosed(count: 2, of: 2))
  }

  @Test("A unix connection that read its end and stayed while others were served")
  func readEnd() {
    var story = Scenario()
    story.process(to: 5000)
    story.churn(3, site: 2, from: 100, to: 4000, life: 1)
    story.open(5, at: 1, call: "accept4", kind: .unix) { $0.fail("read", 0, at: 10) }
    #expect(story.site().verdict == .leak && story.site().cause?.api == "read")
  }

  @Test("Seven opened in a loop within milliseconds, never closed, at exit")
  func loopAtExit() {
    var story = Scenario()
    story.process(to: 3)
    for fd in 3..<10 { story.open(fd, at: 2 + Double(fd) / 1000) }
    #expect(story.site().verdict == .leak)
    #expect(story.site().reasons.first?.code == "never_closed")
  }

  @Test(
    "Five of any kind in a loop", arguments: [DescriptorKind.tcp, .pipe, .eventfd, .epoll, .memfd])
  func fiveOfKind(kind: DescriptorKind) {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<8 { story.open(fd, at: 1 + Double(fd) / 1000, call: "eventfd", kind: kind) }
    #expect(story.site().verdict == .leak)
  }

  @Test("One path opened over and over is no pool, however long it rests")
  func samePath() {
    var story = Scenario()
    story.process(to: 3_600_000)
    for fd in 3..<10 { story.open(fd, at: 2 + Double(fd) / 1000) { $0.name("/tmp/x") } }
    #expect(story.site().verdict == .leak)
  }

  @Test("Three never closed, opened over the life of the process")
  func growth() {
    var story = Scenario()
    story.process(to: 10_000)
    for (fd, at) in [(3, 100.0), (4, 4000), (5, 9000)] { story.open(fd, at: at) }
    let site = story.site()
    #expect(site.verdict == .leak && site.reasons.first == .growth(live: 3, overNs: 8_900_000_000))
  }

  @Test("One in a thousand that outlives its siblings by far")
  func oneInAThousand() {
    var story = Scenario()
    story.process(to: 10_000)
    story.churn(999, from: 10, to: 9900, life: 1)
    story.open(7, at: 500)
    let site = story.site()
    #expect(site.verdict == .leak && site.opened == 1000 && site.closed == 999 && site.live == 1)
    #expect(site.reasons.first?.code == "outlives_siblings")
    #expect(site.closeSites.first?.count == 999 && site.closeSites.first?.maxNs == 1_000_000)
  }

  @Test("Every third of ten stays, though few siblings were seen")
  func everyThird() {
    var story = Scenario()
    story.process(to: 1000)
    story.churn(7, from: 10, to: 990, life: 0.5)
    for (fd, at) in [(3, 20.0), (4, 300), (5, 600)] { story.open(fd, at: at) }
    #expect(story.site().verdict == .leak)
  }

  @Test("Seven early leaks stand out of millions of pairs at the same site")
  func earlyLeaksInChurn() {
    var story = Scenario()
    story.process(to: 20_000)
    for fd in 3..<10 { story.open(fd, at: 1 + Double(fd) / 1000) }
    story.churn(10_000, from: 2, to: 19_999, life: 0.01)
    #expect(story.site().verdict == .leak && story.site().live == 7)
  }

  @Test("A rate and the time left come with growth")
  func rate() {
    var story = Scenario()
    story.process(to: 3_600_000)
    for fd in 3..<64 { story.open(fd, at: Double(fd - 3) * 60_000) }
    let site = story.site()
    #expect(site.growth.map { ($0.perHour * 10).rounded() } == 600)
    #expect(site.growth?.steadiness == .steady)
    #expect(site.limitReachedInNs.map { ($0 + 1_000_000_000) / 60_000_000_000 } == 1024 - 61)
  }

  @Test("Growth in two bursts gives a rate and no forecast")
  func bursts() {
    var story = Scenario()
    story.process(to: 3_600_000)
    for fd in 3..<23 { story.open(fd, at: 1000 + Double(fd)) }
    for fd in 23..<25 { story.open(fd, at: 3_000_000 + Double(fd)) }
    let site = story.site()
    #expect(site.verdict == .leak && site.growth?.steadiness == .bursts)
    #expect(site.limitReachedInNs == nil)
  }

  @Test("A connect that failed behind the program's back, as SO_ERROR told, is a leak")
  func outcomeOfConnect() {
    var story = Scenario()
    story.process(to: 100_000)
    for fd in 3..<5 {
      story.open(fd, at: Double(fd), call: "socket", kind: .tcp) {
        $0.connect(to: 80, state: 7)
        $0.fail("getsockopt", ECONNREFUSED, at: 10)
      }
    }
    #expect(story.site().verdict == .leak)
    #expect(story.site().reasons.map(\.code) == ["abandoned_after_failure"])
  }

  @Test("An option that could not be set is no cause on a socket that was used all the same")
  func optionRefused() {
    var story = Scenario()
    story.process(to: 100_000)
    story.open(3, at: 1, call: "socket", kind: .tcp) {
      // What a snapshot finds of one that was never bound.
      $0.detail = DescriptorDetail()
      $0.detail?.local = .ipv4(address: 0, port: 0)
      $0.fail("setsockopt", ENOPROTOOPT, at: 2)
    }
    story.open(4, site: 2, at: 1, call: "socket", kind: .tcp) {
      $0.connect(to: 80)
      $0.fail("setsockopt", ENOPROTOOPT, at: 2)
    }
    story.open(5, site: 3, at: 1, call: "socket", kind: .udp) {
      $0.fail("setsockopt", ENOPROTOOPT, at: 2)
    }
    #expect(story.site().verdict == .leak)
    #expect(story.site(2).verdict == .held)
    #expect(story.site(3).verdict == .held)
  }

  @Test("A loop within a moment has no rate")
  func moment() {
    var story = Scenario()
    story.process(to: 100)
    for fd in 3..<64 { story.open(fd, at: Double(fd)) }
    #expect(story.site().verdict == .leak && story.site().growth == nil)
  }

  @Test("Of a connection made to itself, the end that was accepted waits for the other")
  func selfConnected() {
    var story = Scenario()
    story.process(to: 100)
    for fd in 3..<9 {
      story.open(fd, site: 2, at: Double(fd), call: "socket", kind: .tcp) {
        $0.listen(on: UInt16(40000 + fd))
        $0.flags = .connected
        $0.detail?.local = .ipv4(address: 0x0a00_0001, port: UInt16(40000 + fd))
      }
      story.open(fd + 10, at: Double(fd), call: "accept4", kind: .tcp) {
        $0.connect(to: UInt16(40000 + fd))
      }
    }
    #expect(story.site().verdict == .suspect && story.site(2).verdict == .leak)
    #expect(story.site().reasons.last == .ownClients(count: 6, of: 6))
  }
}
