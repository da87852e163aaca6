import Glibc
import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("What is not called a leak")
struct OtherVerdictTests {
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
        .peerClosed(count: 3, of: 50), .peerConnected(count: 47, leftWithinNs: nil),
      ])
  }

  @Test("What a runtime opens once and keeps is no part of a leak that comes by the same call")
  func keptOnce() {
    var story = Scenario()
    story.process(to: 1000)
    for (fd, path) in ["/dev/random", "/dev/urandom", "/srv/app.jar"].enumerated() {
      story.open(3 + fd, at: 10) { $0.name(path) }
    }
    for fd in 6..<12 { story.open(fd, at: Double(fd) * 80) { $0.name("/tmp/data") } }
    let site = story.site()
    #expect(site.verdict == .leak && site.live == 9 && site.byProcess.map(\.apart) == [3])
    #expect(site.reasons.first?.code == "growth")
    #expect(site.reasons.last == .keptOnceAmong(count: 3))
    // Again and again is no once.
    for fd in 12..<14 { story.open(fd, at: Double(fd) * 80) { $0.name("/dev/urandom") } }
    #expect(story.site().byProcess.map(\.apart) == [2])
  }

  @Test("A loop that opens a random device alone leaks it")
  func randomAlone() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<9 { story.open(fd, at: Double(fd) * 100) { $0.name("/dev/urandom") } }
    #expect(story.site().verdict == .leak && story.site().byProcess.map(\.apart) == [0])
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

  @Test("A single failure that ended the program is suspect only")
  func failureThenExit() {
    var story = Scenario()
    story.process(to: 3)
    story.open(3, at: 1, call: "socket", kind: .tcp) { $0.fail("connect", ECONNREFUSED, at: 2) }
    #expect(story.site().verdict == .suspect)
  }

  @Test("A connect in progress, or one that worked in the end, is no failure")
  func noFailure() {
    var story = Scenario()
    story.process(to: 5000)
    story.open(3, site: 1, at: 1, call: "socket", kind: .tcp) {
      $0.fail("connect", EINPROGRESS, at: 2)
    }
    story.open(4, site: 2, at: 1, call: "socket", kind: .tcp) {
      $0.connect(to: 80)
      $0.fail("connect", ECONNREFUSED, at: 2)
    }
    story.open(5, site: 3, at: 1, call: "socket", kind: .tcp) {
      $0.listen(on: 80)
      $0.fail("bind", EADDRINUSE, at: 2)
    }
    #expect(story.findings.sites.map(\.verdict) == [.held, .held, .held])
  }

  @Test("One open at the exit of a short program")
  func oneShort() {
    var story = Scenario()
    story.process(to: 2)
    story.open(3, at: 1)
    #expect(story.site().verdict == .held && story.site().reasons == [.single])
  }

  @Test("One that its process never closes is held, though other processes closed theirs")
  func closedElsewhere() {
    var story = Scenario()
    story.process(to: 10)
    story.churn(1, from: 1, to: 1, life: 5)
    story.process(2, from: 2, to: 9, how: .fork, parent: 1)
    story.open(3, in: 2, at: 3)
    #expect(story.site().verdict == .held && story.site().closed == 1)
  }

  @Test("Two from one stack are suspect")
  func two() {
    var story = Scenario()
    story.process(to: 2)
    story.open(3, at: 1)
    story.open(4, at: 1.1)
    #expect(story.site().verdict == .suspect && story.site().reasons == [.few(live: 2)])
  }

  @Test("The latest of many may be in use still")
  func latest() {
    var story = Scenario()
    story.process(to: 1000)
    story.churn(100, from: 10, to: 500, life: 1)
    story.open(3, at: 501)
    #expect(story.site().verdict == .suspect)
  }

  @Test("The first of many may be the log file")
  func first() {
    var story = Scenario()
    story.process(to: 10_000)
    story.open(3, at: 1)
    story.churn(1000, from: 2, to: 9999, life: 1)
    #expect(story.site().verdict == .suspect)
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

  @Test("Three or four are no growth in a life of a moment")
  func moment() {
    for (count, verdict) in [(4, Verdict.suspect), (5, .leak)] {
      var story = Scenario()
      story.process(to: 90)
      for fd in 0..<count { story.open(3 + fd, at: 1 + Double(fd) * 20) }
      #expect(story.site().verdict == verdict)
    }
  }

  @Test("One epoll, and an eventfd for each thread")
  func loopObjects() {
    var story = Scenario()
    story.process(to: 1000)
    story.open(3, site: 1, at: 1, call: "epoll_create1", kind: .epoll)
    for fd in 4..<12 {
      story.open(fd, site: 2, at: Double(fd), call: "eventfd", kind: .eventfd, thread: UInt32(fd))
    }
    #expect(story.findings.sites.map(\.verdict) == [.held, .held])
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

  @Test("Clients of a killed server, which nobody looked at, are suspect at most")
  func killedServer() {
    var story = Scenario()
    story.process(to: nil)
    for fd in 3..<23 { story.open(fd, at: Double(fd), call: "accept4", kind: .tcp) }
    #expect(story.site().verdict == .suspect)
    story.trace.processes[0].flags.insert(.snapshot)
    #expect(story.site().verdict == .leak)
  }

  @Test("Three in a burst of a run too short to tell are suspect")
  func shortBurst() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<6 { story.open(fd, at: 1 + Double(fd) / 100) }
    #expect(story.site().verdict == .suspect && story.site().reasons.first?.code == "burst")
  }

  @Test("A master's channels to its workers, however many", arguments: [2, 4, 16])
  func channels(workers: Int) {
    var story = Scenario()
    story.process(to: 500)
    for worker in 0..<workers {
      let at = 10 + Double(worker)
      for end in 0..<2 {
        story.open(10 + 2 * worker + end, at: at, call: "socketpair", kind: .unix)
      }
      let child = story.process(2 + worker, from: at + 0.5, to: 490, how: .fork, parent: 1)
      // The worker closes the master's end and takes its number for an epoll.
      for open in 0...worker {
        story.inherit(11 + 2 * open, from: 1, to: child, state: .closed)
      }
      story.open(
        10 + 2 * worker, in: child, site: 5, at: at + 1, call: "epoll_create1", kind: .epoll)
    }
    #expect(story.site(1).verdict == .held && story.site(1).live == 2 * workers)
    // One each in as many processes is one each.
    #expect(story.site(5).verdict == .held && story.site(5).live == workers)
    #expect(story.site(5).byProcess.count == workers)
  }

  @Test("What a program puts at 0, 1 and 2 is a standard stream")
  func standardStreams() {
    var story = Scenario()
    story.process(to: 10)
    for fd in 0..<3 { story.open(fd, at: 1) }
    #expect(story.site().verdict == .held)
    #expect(story.site().reasons == [.standardStream(count: 3)])
    #expect(story.findings.processes[0].openAtEnd == 3)
  }

  @Test("A site that closed all is clean, and comes last")
  func clean() {
    var story = Scenario()
    story.process(to: 10)
    story.churn(5, site: 1, from: 1, to: 9, life: 0.1)
    story.open(3, site: 2, at: 1)
    #expect(story.findings.sites.map(\.verdict) == [.held, .clean])
    #expect(story.site(1).reasons.isEmpty)
  }

  @Test(
    "What libc keeps for itself is held, and who releases it is told",
    arguments: [
      ("syslog", "closelog"), ("getpwent_r", "endpwent"), ("pututxline", "endutent"),
      ("lckpwdf", "ulckpwdf"), ("getfsspec", "endfsent"),
    ])
  func libc(call: String, releaser: String) throws {
    var story = Scenario()
    story.process(to: 100)
    story.trace.calls.append(call)
    let number = UInt16(story.trace.calls.count - 1)
    story.open(3, at: 1, kind: .unix) {
      $0.owner = .libc
      $0.call = number
    }
    let site = try #require(story.findings.sites.first { $0.live == 1 })
    #expect(site.verdict == .held)
    guard case .libcKeeps(_, releaser) = site.reasons.first else {
      Issue.record("\(site.reasons)")
      return
    }
  }
}
