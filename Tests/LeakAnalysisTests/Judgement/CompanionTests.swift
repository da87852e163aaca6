import Glibc
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("What is kept for something that is in use")
struct CompanionTests {
  /// A server whose sessions each have a connection to another server; most have ended. The
  /// `kept` ones were accepted at 100, 200, ... ms and their companions came 5 ms later.
  private static func server(
    kept: Int, companions: Int, state: UInt8 = 1, toItself: Bool = false
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 10_000)
    story.churn(200, site: 1, from: 10, to: 9900, life: 1, call: "accept4", kind: .tcp)
    story.churn(200, site: 2, from: 11, to: 9901, life: 1, call: "socket", kind: .tcp)
    for turn in 0..<kept {
      story.open(10 + turn, site: 1, at: 900 * Double(turn + 1), call: "accept4", kind: .tcp) {
        $0.connect(to: UInt16(50000 + turn), state: state)
        $0.look(at: 10_000, peerClosed: 9_999)
      }
    }
    for turn in 0..<companions {
      story.open(
        100 + turn, site: 2, at: 900 * Double(turn + 1) + 5, call: "socket", kind: .tcp
      ) {
        $0.connect(to: 5432)
        if toItself {
          $0.detail?.local = .ipv4(address: 0x0a00_0001, port: UInt16(50000 + turn))
        }
      }
    }
    return story
  }

  @Test("One for each accepted connection whose client is there is no leak")
  func sessions() {
    let site = Self.server(kept: 5, companions: 5).site(2)
    #expect(site.verdict == .suspect)
    #expect(site.reasons.first == .onePerConnection(connections: 5))
  }

  @Test("A client of the process itself keeps nothing in use but itself, as in a test of a server")
  func toItself() {
    let story = Self.server(kept: 5, companions: 4, toItself: true)
    #expect(story.site(2).verdict == .leak)
    #expect(story.site(1).reasons.last == .ownClients(count: 4, of: 5))
    let others = Self.server(kept: 5, companions: 5).site(1)
    #expect(!others.reasons.contains { $0.code == "own_clients" })
  }

  @Test("More than there are such connections is one")
  func more() {
    #expect(Self.server(kept: 4, companions: 5).site(2).verdict == .leak)
  }

  @Test("Fewer than half of them is one, as the others do without")
  func fewer() {
    #expect(Self.server(kept: 9, companions: 3).site(2).verdict == .leak)
  }

  @Test("When nobody asked whether the clients are there, nothing speaks for it")
  func unknown() {
    #expect(Self.server(kept: 5, companions: 5, state: 0).site(2).verdict == .leak)
  }

  /// A server that keeps the sockets of clients that reset them, and what came with each: every
  /// third of `count` clients is in use.
  private static func broken(
    _ count: Int, kind: DescriptorKind = .eventfd, call: String = "eventfd",
    _ change: (_ inUse: Bool, inout Descriptor) -> Void = { _, _ in }
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 10_000)
    for turn in 0..<count {
      let (at, inUse) = (100 + 9000 * Double(turn) / Double(count), turn % 3 == 0)
      story.open(10 + turn, site: 1, at: at, call: "accept4", kind: .tcp) {
        $0.connect(to: UInt16(50000 + turn), state: inUse ? 1 : 7)
        if !inUse { $0.fail("read", ECONNRESET, at: at + 50) }
      }
      story.open(200 + turn, site: 2, at: at + 1, call: call, kind: kind) { change(inUse, &$0) }
    }
    return story
  }

  @Test("Those of clients in use are no part of a leak of those of others")
  func besideBroken() {
    let site = Self.broken(30).site(2)
    #expect(site.verdict == .leak && site.live == 30 && site.byProcess.map(\.apart) == [10])
    #expect(site.reasons.first == .growth(live: 20, overNs: 8_400_000_000))
    #expect(site.reasons.last == .companionsAmong(count: 10))
  }

  @Test("Nor are connections to others, some of which failed or are over")
  func upstream() {
    let site = Self.broken(30, kind: .tcp, call: "socket") {
      $1.connect(to: 5432, state: $0 ? 1 : 8)
    }.site(2)
    #expect(site.verdict == .leak && site.byProcess.map(\.apart) == [10])
    #expect(site.reasons.first == .peerClosed(count: 20, of: 30))
    let failed = Self.broken(30, kind: .tcp, call: "socket") {
      $1.fail("connect", ECONNREFUSED, at: 9000)
    }.site(2)
    #expect(failed.verdict == .leak && failed.byProcess.map(\.apart) == [0])
  }

  @Test("Where hardly others are left, these are suspect")
  func hardlyOthers() {
    var story = Self.server(kept: 5, companions: 0)
    for fd in 300..<302 { story.open(fd, site: 3, at: 9500, call: "eventfd", kind: .eventfd) }
    for turn in 0..<5 {
      story.open(
        310 + turn, site: 3, at: 900 * Double(turn + 1) + 5, call: "eventfd", kind: .eventfd)
    }
    let site = story.site(3)
    #expect(site.verdict == .suspect && site.byProcess.map(\.apart) == [5])
    #expect(site.reasons.last == .companionsAmong(count: 5))
  }

  @Test("A pair for each is one")
  func pairs() {
    var story = Self.server(kept: 6, companions: 0)
    for turn in 0..<6 {
      for end in 0...1 {
        story.open(
          300 + 2 * turn + end, site: 3, at: 900 * Double(turn + 1) + 5, call: "pipe2", kind: .pipe)
      }
    }
    let site = story.site(3)
    #expect(site.verdict == .suspect)
    #expect(site.reasons == [.onePerConnection(connections: 6)])
  }

  @Test("Few are held like the connections that they came with, whatever was closed of the site")
  func few() {
    func site(kept: Int, companions: Int) -> SiteFinding {
      var story = Scenario()
      story.process(to: 10_000)
      story.churn(4, site: 2, from: 10, to: 9000, life: 2000, call: "eventfd", kind: .eventfd)
      for turn in 0..<kept {
        let at = 2000 * Double(turn + 1)
        story.open(10 + turn, site: 1, at: at, call: "accept4", kind: .tcp) {
          $0.connect(to: UInt16(50000 + turn))
        }
        guard turn < companions else { continue }
        story.open(20 + turn, site: 2, at: at + 5, call: "eventfd", kind: .eventfd)
      }
      return story.site(2)
    }
    #expect(site(kept: 2, companions: 2).verdict == .held)
    #expect(site(kept: 2, companions: 2).reasons == [.onePerConnection(connections: 2)])
    #expect(site(kept: 5, companions: 2).verdict == .suspect)
  }

  /// A supervisor with a pipe from each child, which is closed when that ends; the last four
  /// stay, and their children, which come `delay` after them, end at `end`.
  private static func supervisor(childrenEnd end: Double?, after delay: Double = 1) -> Scenario {
    var story = Scenario()
    story.process(to: 10_000)
    story.churn(156, site: 1, from: 10, to: 9000, life: 2, call: "pipe2", kind: .pipe)
    for turn in 0..<4 {
      let at = Double(turn + 1) * 1000
      story.open(10 + turn, site: 1, at: at, call: "pipe2", kind: .pipe)
      story.start(2 + turn, by: 1, "fork", how: .fork, at: at + delay, to: end)
      for earlier in 0...turn { story.inherit(10 + earlier, from: 1, to: 2 + turn) }
    }
    return story
  }

  @Test("Pipes whose children go on are held")
  func livingChildren() {
    for end: Double? in [nil, 20_000] {
      let site = Self.supervisor(childrenEnd: end).site()
      #expect(site.verdict == .held)
      #expect(site.reasons.first == .channelToChild(count: 4))
    }
  }

  @Test("Where they came long before these they may be, and are no leak")
  func laterChildren() {
    let site = Self.supervisor(childrenEnd: nil, after: 1001).site()
    #expect(site.verdict == .suspect && site.reasons.first == .channelToChild(count: 4))
  }

  @Test("Pipes whose children have ended are one, whoever has got them since")
  func endedChildren() {
    #expect(Self.supervisor(childrenEnd: 5000).site().verdict == .leak)
    var story = Self.supervisor(childrenEnd: 5000)
    story.start(9, by: 1, "fork", how: .fork, at: 9500, to: nil)
    for fd in 10..<14 { story.inherit(fd, from: 1, to: 9) }
    #expect(story.site().verdict == .leak)
  }

  /// A supervisor that starts a child every 1.2 s, and opens a pidfd for each.
  private static func pidfds(childrenEnd end: Double?, extra: Int = 0) -> SiteFinding {
    var story = Scenario()
    story.process(to: 10_000)
    for child in 0..<8 {
      let at = 100 + Double(child) * 1200
      story.start(2 + child, by: 1, "fork", how: .fork, at: at, to: end)
      for copy in 0...extra {
        story.open(
          10 + child * (extra + 1) + copy, at: at + 1, call: "pidfd_open", kind: .pidfd)
      }
    }
    return story.site()
  }

  @Test("A pidfd for each child that goes on is held")
  func pidfdsOfLiving() {
    for end: Double? in [nil, 20_000] {
      let site = Self.pidfds(childrenEnd: end)
      #expect(site.verdict == .held && site.reasons == [.onePerChild(count: 8)])
    }
  }

  @Test("Pidfds of children that have ended are leaked, and so are several of one")
  func pidfdsOfEnded() {
    #expect(Self.pidfds(childrenEnd: 9_999).verdict == .leak)
    #expect(Self.pidfds(childrenEnd: nil, extra: 1).verdict == .leak)
  }
}
