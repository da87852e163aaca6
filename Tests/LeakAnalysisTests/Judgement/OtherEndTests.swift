import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("Other ends that a snapshot asked for")
struct OtherEndTests {
  /// Opened over all of a life of 1000 ms; of the first few nobody has the other end.
  private func story(
    _ call: String, gone: Int, of count: Int, kind: DescriptorKind = .unix,
    then change: (inout Descriptor) -> Void = { _ in }
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: 1000)
    for index in 0..<count {
      story.open(3 + index, at: Double(10 + 90 * index), call: call, kind: kind) {
        $0.find(otherEnd: index >= gone)
        change(&$0)
      }
    }
    return story.site()
  }

  @Test("That they are gone is told of a leak, and makes none")
  func clients() {
    let many = story("socket", gone: 7, of: 8)
    #expect(many.verdict == .leak && many.reasons.first?.code == "growth")
    #expect(many.reasons.last == .peerGone(count: 7, of: 8))
    #expect(story("socket", gone: 1, of: 1).reasons == [.single])
    #expect(!story("socket", gone: 0, of: 8).reasons.contains { $0.code == "peer_gone" })
  }

  @Test("Clients of a server may have left as it ended: suspect, and no longer unknown")
  func servers() {
    let gone = story("accept4", gone: 8, of: 8)
    #expect(gone.verdict == .suspect && gone.reasons == [.peerGone(count: 8, of: 8)])
    let there = story("accept4", gone: 0, of: 8)
    #expect(there.verdict == .suspect)
    #expect(there.reasons == [.peerConnected(count: 8, leftWithinNs: nil)])
  }

  @Test("A client that is the process itself is one, where the kernel tells that it is there")
  func ownClients() {
    func served(_ change: (inout Descriptor) -> Void) -> SiteFinding {
      var story = Scenario()
      story.process(to: 1000)
      for index in 0..<8 {
        story.open(3 + index, at: Double(10 + 90 * index), call: "accept4", kind: .unix) {
          change(&$0)
          $0.detail?.text = "/run/service"
        }
        story.open(20 + index, site: 2, at: Double(9 + 90 * index), call: "socket", kind: .unix) {
          $0.name("/run/service")
        }
      }
      return story.site()
    }
    #expect(served { $0.find(otherEnd: true) }.verdict == .suspect)
    #expect(served { $0.name("/run/service") }.verdict == .leak, "nobody has asked")
  }

  @Test("Of pipes it is told, too")
  func pipes() {
    #expect(story("pipe2", gone: 8, of: 8, kind: .pipe).reasons.last == .peerGone(count: 8, of: 8))
  }

  @Test("Ends of pipes whose other ends other processes have are no leak")
  func elsewhere() {
    func kept(_ call: String, names: Int = 8) -> SiteFinding {
      var number = 0
      return story(call, gone: 0, of: 8, kind: .pipe) {
        $0.detail?.text = "pipe:[\(number % names)]"
        number += 1
      }
    }
    // By a message, or as duplicates of what was closed since.
    for call in ["pipe2", "dup"] {
      #expect(kept(call).verdict == .suspect)
      #expect(kept(call).reasons.first == .otherEndElsewhere(count: 8))
    }
    #expect(kept("pipe2", names: 7).verdict == .leak, "two of one pipe may be both of its ends")
  }

  @Test("So are those of socket pairs, of which one end is here")
  func halves() {
    let pairs = story("socketpair", gone: 0, of: 8)
    #expect(pairs.reasons == [.otherEndElsewhere(count: 8)])
    #expect(story("socketpair", gone: 1, of: 8).verdict == .leak)
    #expect(story("socket", gone: 0, of: 8).verdict == .leak)
  }

  @Test("Accepted connections that are over have no other end; what was never connected neither")
  func overConnections() {
    let reset = story("accept", gone: 0, of: 8, kind: .tcp) { $0.connect(to: 80, state: 7) }
    #expect(reset.verdict == .leak && reset.reasons.last == .peerGone(count: 8, of: 8))
    let failed = story("socket", gone: 0, of: 8, kind: .tcp) { $0.connect(to: 80, state: 7) }
    #expect(!failed.reasons.contains { $0.code == "peer_gone" })
  }

  @Test("One that the process has shut down itself tells nothing of its peer")
  func shutDown() {
    let site = story("socket", gone: 8, of: 8) { $0.fail("shutdown", 0, at: 950) }
    #expect(!site.reasons.contains { $0.code == "peer_gone" })
  }

  @Test("A read that found the end says more")
  func readEnd() {
    let site = story("accept4", gone: 8, of: 8) { $0.fail("read", 0, at: 950) }
    #expect(site.verdict == .leak && site.reasons == [.peerClosed(count: 8, of: 8)])
  }
}
