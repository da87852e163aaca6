import Glibc
import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("What is not called a leak")
struct OtherVerdictTests {
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

  @Test(
    "The only one of its stack, which tells no caller, is suspect where the same call leaks its name"
  )
  func nameLeaks() {
    func first(
      _ name: String, call: String = "open", reachesCaller: Bool = false
    ) -> (Verdict?, [String]) {
      var story = Scenario()
      story.process(to: 1000)
      story.open(3, site: 1, at: 5, call: call) { $0.name(name) }
      for fd in 4..<10 { story.open(fd, site: 2, at: Double(fd) * 80) { $0.name("/tmp/data") } }
      story.open(10, site: 2, at: 900) { $0.name("/tmp/other") }
      let sites = Analysis(story.trace, reachesCaller: { _ in reachesCaller }).findings.sites
      #expect(sites.first?.verdict == .leak)
      return (sites.last?.verdict, sites.last?.reasons.map(\.code) ?? [])
    }
    #expect(first("/tmp/data") == (.suspect, ["name_leaks"]))
    #expect(first("/tmp/data", reachesCaller: true) == (.held, ["single"]))
    #expect(first("/tmp/own") == (.held, ["single"]))
    #expect(first("/tmp/other") == (.held, ["single"]))
    #expect(first("/tmp/data", call: "opendir") == (.held, ["single"]))
  }

  @Test("What is bound to an address is none of the connections to it that leak")
  func boundToLeakedName() {
    var story = Scenario()
    story.process(to: 1000)
    story.open(3, site: 1, at: 5, call: "socket") { $0.listen(on: 80) }
    story.trace.processes[0].descriptors[0].detail?.local = .ipv4(
      address: 0x0a00_0001, port: 80)
    story.open(4, site: 2, at: 6, call: "socket") { $0.connect(to: 80) }
    for fd in 5..<11 {
      story.open(fd, site: 3, at: Double(fd) * 80, call: "socket") { $0.connect(to: 80) }
    }
    let sites = Analysis(story.trace, reachesCaller: { _ in false }).findings.sites
    #expect(sites.map(\.stack) == [3, 2, 1])
    #expect(sites.map(\.verdict) == [.leak, .suspect, .held])
  }

  @Test("A loop that opens a random device alone leaks it")
  func randomAlone() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<9 { story.open(fd, at: Double(fd) * 100) { $0.name("/dev/urandom") } }
    #expect(story.site().verdict == .leak && story.site().byProcess.map(\.apart) == [0])
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
