import LeakAnalysis
import Testing

@testable import Reporting

@Suite("What a reason says")
struct ReasonSentenceTests {
  private func sentence(_ reason: LeakAnalysis.Reason) -> String { reason.sentence(stack: nil) }

  @Test("Clients of whom nobody knows are not called connected")
  func unknownClients() {
    #expect(
      sentence(.peerConnected(count: 10, unknown: 10, leftWithinNs: nil))
        == "It is not known whether their clients are still there.")
    #expect(
      sentence(.peerConnected(count: 1, unknown: 1, leftWithinNs: nil))
        == "It is not known whether its client is still there.")
    #expect(
      sentence(.peerConnected(count: 10, unknown: 4, leftWithinNs: nil))
        == "The clients of 6 are still connected; of 4 more it is not known.")
    #expect(
      sentence(.peerConnected(count: 2, left: 2, leftWithinNs: 300_000_000))
        == "The clients of 2 left in the last 300 ms.")
    #expect(
      sentence(.peerConnected(count: 9, unknown: 1, left: 5, leftWithinNs: 9_000_000_000))
        == "The clients of 3 are still connected, and 5 more left in the last 9 s;"
        + " of 1 more it is not known.")
    #expect(
      sentence(.peerConnected(count: 1, leftWithinNs: nil)) == "Its client is still connected.")
    #expect(
      sentence(.peerConnected(count: 1, of: 42, leftWithinNs: nil))
        == "The client of 1 of 42 is still connected.")
    #expect(
      sentence(.peerConnected(count: 7, of: 16, leftWithinNs: nil))
        == "The clients of 7 of 16 are still connected.")
    #expect(
      sentence(.peerConnected(count: 7, of: 16, unknown: 7, leftWithinNs: nil))
        == "It is not known whether the clients of 7 of 16 are still there.")
  }

  @Test("What was set apart as in use is told in words of its own")
  func setApart() {
    #expect(
      sentence(.companionsAmong(count: 3))
        == "3 more from here came with accepted connections, one each, whose clients are still there."
    )
    #expect(
      sentence(.companionsAmong(count: 1))
        == "1 more from here came with an accepted connection whose client is still there.")
    #expect(
      sentence(.connectedAmong(count: 1))
        == "1 more from here is still connected, and looks in use.")
  }

  @Test("Of others that did not fail it is told how many are connected")
  func others() {
    func text(_ count: Int, _ of: Int) -> String {
      sentence(.othersConnected(count: count, of: of))
    }
    #expect(text(4, 4) == "The other 4 are still connected.")
    #expect(text(1, 1) == "The other one is still connected.")
    #expect(text(1, 3) == "Of the 3 others, 1 is still connected.")
  }

  @Test("Of other ends that have gone it is told that nobody knows since when")
  func gonePeers() {
    #expect(
      sentence(.peerGone(count: 8, of: 8))
        == "The other end of all 8 had gone by the end; since when is not known.")
    #expect(
      sentence(.peerGone(count: 1, of: 1))
        == "Its other end had gone by the end; since when is not known.")
  }

  @Test("Of clients that are the process itself it is told that it has not closed them either")
  func ownClients() {
    #expect(
      sentence(.ownClients(count: 20, of: 20))
        == "The clients of all 20 are this process itself, which has those ends open as well.")
    #expect(
      sentence(.ownClients(count: 1, of: 1))
        == "Its client is this process itself, which has that end open as well.")
  }

  @Test("What children left to their parent is told with what they did themselves")
  func leftByChildren() {
    #expect(
      sentence(.leftByChildren(api: "fork", count: 30, of: 30, closed: 30, stack: 0))
        == "All 30 went to children of fork(), one each, which closed their copies and ended;"
        + " this process kept its own.")
    #expect(
      sentence(.leftByChildren(api: "fork", count: 20, of: 30, closed: 19, stack: 0))
        == "20 of 30 went to children of fork(), one each, which have ended, 19 of them after they"
        + " had closed their copies; this process kept its own.")
    #expect(
      sentence(.leftByChildren(api: "fork", count: 2, of: 2, closed: 0, stack: 0))
        == "All 2 went to children of fork(), one each, which have ended; this process kept its own."
    )
    #expect(
      sentence(.leftByChildren(api: "fork", count: 1, of: 1, closed: 1, stack: 0))
        == "It went to a child of fork(), which closed its copy and ended; this process kept its"
        + " own.")
  }

  @Test("Peers that closed in the last moment are told, too")
  func lateCloses() {
    #expect(
      sentence(.peerClosed(count: 1, of: 12, late: 11, lateWithinNs: 300_000_000))
        == "The peer has closed its end of 1 of 12, and of 11 more in the last 300 ms.")
    #expect(
      sentence(.peerClosed(count: 1, of: 2, late: 1, lateWithinNs: 100))
        == "The peer has closed its end of 1 of 2, and of 1 more in the last moment.")
    #expect(
      sentence(.peerClosed(count: 9, of: 9, goneNs: 180_000_000_000))
        == "The peer has closed its end of all 9, at least 3 min ago.")
  }

  @Test("What was handed over, and a session that ended with its peer")
  func handedOver() {
    #expect(
      sentence(.handedOver(count: 6))
        == "All 6 were handed over to the program that the process went on as.")
    #expect(
      sentence(.handedOver(count: 1))
        == "It was handed over to the program that the process went on as.")
    #expect(
      sentence(.sessionEnd(withinNs: 5_000_000))
        == "The peer has closed its end of it, and the process ended 5 ms after it had learnt that."
    )
  }

  @Test("Of programs that have ended it is told what they kept, not that they do")
  func endedHolders() {
    let why = "because close-on-exec was not set."
    func kept(_ count: Int, by programs: Int, ended: Int, _ endedCount: Int) -> String {
      sentence(
        .missingCloseOnExec(
          count: count, listening: true, processes: Array(0..<programs), ended: ended,
          endedCount: endedCount))
    }
    #expect(
      kept(1, by: 1, ended: 0, 0)
        == "1 program started by exec keeps it, a listening socket, \(why)")
    #expect(
      kept(1, by: 1, ended: 1, 1)
        == "1 program started by exec kept it, a listening socket, until it ended, \(why)")
    #expect(
      kept(4, by: 4, ended: 4, 4)
        == "4 programs started by exec kept 4 copies of them until they ended, \(why)")
    #expect(
      kept(15, by: 5, ended: 3, 9)
        == "2 programs started by exec keep 6 copies of them, and 3 more kept 9 until they ended,"
        + " \(why)")
  }

  @Test("A socket without connections waits for datagrams")
  func datagrams() {
    #expect(sentence(.listener(count: 1, datagrams: 1)) == "It waits for datagrams.")
    #expect(sentence(.listener(count: 3)) == "3 wait for connections.")
    #expect(
      sentence(.listener(count: 3, datagrams: 1)) == "3 wait for connections or datagrams.")
  }

  @Test("Siblings of what came in pairs are told as pairs")
  func pairs() {
    func sentence(_ reason: LeakAnalysis.Reason) -> String {
      reason.sentence(stack: nil, ofPairs: true)
    }
    #expect(
      sentence(
        .outlivesSiblings(count: 9, ageNs: 38_000_000, siblingMaxNs: 2_000_000, siblings: 50))
        == "50 other pairs from here lived for at most 2 ms; 9 that stayed have been open for 38"
        + " ms or longer.")
    #expect(
      sentence(.siblingsClosed(live: 2, siblings: 1))
        == "1 other pair from here was closed; these 2 may still be in use.")
  }
}
