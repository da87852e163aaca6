import Glibc
import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("Several causes at one site")
struct CauseTests {
  /// Thirty connections, one every ms, of which the first ones met what `change` says.
  private static func story(
    _ changes: [(count: Int, change: (inout Descriptor) -> Void)]
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 5000)
    var rest = changes
    for fd in 3..<33 {
      while let first = rest.first, first.count == 0 { rest.removeFirst() }
      story.open(fd, at: Double(fd), call: "socket", kind: .tcp) {
        $0.connect(to: 5432)
        rest.first?.change(&$0)
      }
      if !rest.isEmpty { rest[0].count -= 1 }
    }
    return story
  }

  private static func failure(_ error: Int32, _ name: String, _ count: Int) -> Reason {
    .abandonedAfterFailure(
      api: "read", error: error, errorName: name, count: count, of: 30, stack: 77)
  }

  private static func reset(_ descriptor: inout Descriptor) {
    descriptor.fail("read", ECONNRESET, at: 50)
  }

  private static func end(_ descriptor: inout Descriptor) {
    descriptor.connect(to: 5432, state: 8)
    descriptor.fail("read", 0, at: 50, stack: 78)
  }

  @Test("Half were reset, and of the others the peer closed: both are told, and both are causes")
  func halves() {
    let site = Self.story([(15, Self.reset), (15, Self.end)]).site()
    #expect(site.verdict == .leak && site.byProcess.map(\.apart) == [0])
    #expect(
      site.reasons == [
        Self.failure(ECONNRESET, "ECONNRESET", 15), .peerClosed(count: 15, of: 30),
      ])
    #expect(site.causes.map(\.error) == [ECONNRESET, 0] && site.cause?.error == ECONNRESET)
  }

  @Test("What happened to most comes first, each of all that are open")
  func mostFirst() {
    let site = Self.story([(10, Self.reset), (20, Self.end)]).site()
    #expect(
      site.reasons == [
        .peerClosed(count: 20, of: 30), Self.failure(ECONNRESET, "ECONNRESET", 10),
      ])
    #expect(site.causes.map(\.count) == [20, 10])
    #expect(site.causes.first?.isReadEnd == true && site.causes.last?.isReadEnd == false)
  }

  @Test("Failures of several kinds are causes, each, and so are the ends between them")
  func threeKinds() {
    let site = Self.story([
      (5, Self.reset), (16, { $0.fail("read", EPIPE, at: 50) }), (9, Self.end),
    ]).site()
    #expect(
      site.reasons == [
        Self.failure(EPIPE, "EPIPE", 16), .peerClosed(count: 9, of: 30),
        Self.failure(ECONNRESET, "ECONNRESET", 5),
      ])
    #expect(site.causes.map(\.error) == [EPIPE, 0, ECONNRESET])
  }

  @Test(
    "A timeout is a cause beside others, but no reason, nor one of who still waits",
    arguments: [("read", EAGAIN), ("connect", EINPROGRESS)])
  func timeouts(call: String, error: Int32) {
    let timeout: (inout Descriptor) -> Void = { $0.fail(call, error, at: 50, stack: 79) }
    let again: (inout Descriptor) -> Void = {
      $0.fail(call, error, at: 4000, stack: 79)
      $0.flags.insert(.retried)
    }
    let site = Self.story([(20, Self.reset), (4, again), (6, timeout)]).site()
    #expect(site.reasons.first == Self.failure(ECONNRESET, "ECONNRESET", 20))
    #expect(site.causes.map(\.count) == [20, 6] && site.causes.last?.isTimeout == true)
    let alone = Self.story([(15, again), (15, timeout)]).site()
    let none = Self.story([]).site()
    #expect(alone.verdict == none.verdict && alone.reasons == none.reasons)
    #expect(alone.causes.map(\.count) == [15])
    #expect(Self.story([(14, timeout)]).site().causes.isEmpty, "of fewer than half it says little")
    let gaveUp = Self.story([
      (
        30,
        {
          $0.fail(call, error, at: 900, stack: 79)
          $0.flags.insert(.retried)
        }
      )
    ]).site()
    #expect(gaveUp.causes.map(\.count) == [30], "waited for as long as that, and then no more")
  }

  @Test("Of most that failed, what nothing happened to needs no reason of its own")
  func nothingElse() {
    let unknown: (inout Descriptor) -> Void = { $0.connect(to: 5432, state: 0) }
    let site = Self.story([(20, Self.reset), (10, unknown)]).site()
    #expect(site.verdict == .leak && site.live == 30)
    #expect(site.reasons == [Self.failure(ECONNRESET, "ECONNRESET", 20)])
  }

  @Test("How many of the others are connected is told, as the failure does not explain them")
  func othersConnected() {
    let unknown: (inout Descriptor) -> Void = { $0.connect(to: 5432, state: 0) }
    for (failed, left, connected) in [(15, 0, 15), (20, 4, 6)] {
      let site = Self.story([(failed, Self.reset), (left, unknown)]).site()
      #expect(site.verdict == .leak && site.byProcess.map(\.apart) == [0])
      #expect(
        site.reasons == [
          Self.failure(ECONNRESET, "ECONNRESET", failed),
          .othersConnected(count: connected, of: 30 - failed),
        ])
      #expect(site.causes.count == 1)
    }
  }
}
