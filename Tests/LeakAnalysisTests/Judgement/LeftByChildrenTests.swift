import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Connections that a forked server keeps for its children")
struct LeftByChildrenTests {
  /// One every 100 ms, for whom a child is forked 1 ms after: 2, 3 and so on, which ends 10 ms later
  /// in a server that lives for five seconds.
  private struct Server {
    var clients = 8
    var state: UInt8 = 1
    /// Of the children, those that close their copies, and those that end.
    var closing: Range<Int>?
    var ending: Range<Int>?
    /// They close what else they got in the same place.
    var sweeps = false
    /// They go on as other programs.
    var replaced = false
    /// All but the first were made for it, too.
    var oneChild = false
    var closedByParent = 0

    var story: Scenario {
      var story = Scenario()
      story.process(to: 5000)
      if closedByParent > 0 {
        story.churn(
          closedByParent, from: 10, to: 50, life: 1, call: "accept4", kind: .tcp)
      }
      story.open(4, site: 2, at: 1, call: "socket", kind: .tcp) { $0.listen(on: 80) }
      for client in 0..<clients {
        let (fd, at) = (5 + client, 100 + Double(client) * 100)
        story.open(fd, at: at, call: "accept4", kind: .tcp) { $0.connect(to: 9, state: state) }
        let child = oneChild ? 2 : 2 + client
        let ends = (ending ?? 0..<clients).contains(client)
        if !oneChild || client == 0 {
          story.start(
            child, by: 1, "fork", how: .fork, at: at + 1, to: ends ? at + 10 : nil,
            end: replaced ? .exec : .exit(status: 0))
          story.trace.processes[story.trace.processes.count - 1].bornStack = 500
          story.trace.processes[story.trace.processes.count - 1].bornCall = Scenario.call("fork")
          story.inherit(4, from: 1, to: child, as: 4) {
            if sweeps { Self.close(&$0, at: at + 2) }
          }
        }
        let closes = (closing ?? 0..<clients).contains(client)
        story.inherit(fd, from: 1, to: child, as: fd) {
          if closes { Self.close(&$0, at: at + 9) }
        }
      }
      return story
    }

    var site: SiteFinding { story.site() }

    private static func close(_ copy: inout Descriptor, at ms: Double) {
      copy.state = .closed
      copy.note = Descriptor.Note(
        call: Scenario.call("close"), ticks: Scenario.ticks(ms), stack: 70)
    }
  }

  private static func left(_ count: Int, of total: Int, closed: Int) -> Reason {
    .leftByChildren(api: "fork", count: count, of: total, closed: closed, stack: 500)
  }

  @Test("Those that their children have closed are a leak, though the clients wait")
  func served() {
    let site = Server().site
    #expect(site.verdict == .leak)
    #expect(
      site.reasons == [
        Self.left(8, of: 8, closed: 8), .neverClosed(opens: 8, withinNs: 700_000_000),
      ])
    #expect(Server(clients: 4).site.verdict != .leak)
  }

  @Test("Children that only end may have worked for a server that goes on with the client")
  func onlyEnded() {
    let site = Server(closing: 0..<0).site
    #expect(site.verdict == .suspect && site.reasons.first?.code == "peer_connected")
    #expect(site.reasons.last == Self.left(8, of: 8, closed: 0))
    #expect(Server(closing: 0..<4).site.verdict == .suspect)
    #expect(Server(closing: 0..<5).site.reasons.first == Self.left(8, of: 8, closed: 5))
  }

  @Test("Who closes all that it got says nothing of any")
  func swept() {
    #expect(Server(sweeps: true).site.verdict == .suspect)
  }

  @Test("Children that go on, or go on as other programs, are no evidence")
  func goingOn() {
    let site = Server(ending: 0..<0).site
    #expect(site.verdict == .suspect && !site.reasons.contains { $0.code == "left_by_children" })
    let replaced = Server(replaced: true).site
    #expect(replaced.verdict == .suspect)
    #expect(!replaced.reasons.contains { $0.code == "left_by_children" })
  }

  @Test("One child that got all of them serves none by itself")
  func shared() {
    #expect(Server(oneChild: true).site.verdict == .suspect)
  }

  @Test("Connections of children that go on are set apart")
  func someGoOn() {
    let site = Server(ending: 0..<6).site
    #expect(site.verdict == .leak && site.byProcess.map(\.apart) == [2])
    #expect(site.reasons.first == Self.left(6, of: 8, closed: 6))
  }

  @Test("Others that the parent closed right after do not excuse them")
  func siblings() {
    #expect(Server(closedByParent: 3).site.verdict == .leak)
  }

  @Test("Where the peers have closed, the children are told beside it")
  func peersClosed() {
    let site = Server(state: 8).site
    #expect(site.verdict == .leak)
    #expect(site.reasons.map(\.code) == ["peer_closed", "left_by_children"])
  }
}
