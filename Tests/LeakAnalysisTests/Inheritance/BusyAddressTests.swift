import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Addresses that a started program keeps busy") struct BusyAddressTests {
  @Test("A port is busy for a reason while its opener lives, under whatever program")
  func openerLives() {
    #expect(Scenario.server(endsAt: nil).rows(running: [1, 2]).map(\.keepsAddressBusy) == [false])
    var story = Scenario.server()
    story.trace.processes[0].end = .exec
    story.start(3, by: 1, "execve", how: .exec, at: 50, to: nil)
    #expect(story.rows(running: [2, 3]).map(\.openerLife) == [.running])
    #expect(story.rows(running: [2, 3]).map(\.keepsAddressBusy) == [false])
  }

  @Test("A port is busy for a reason while a child has it by fork alone")
  func workerLives() {
    var story = Scenario.server()
    story.start(3, by: 1, "fork", how: .fork, at: 2, to: nil)
    story.inherit(5, from: 1, to: 3)
    #expect(story.rows(running: [2, 3]).map(\.holder) == [2])
    #expect(story.rows(running: [2, 3]).map(\.keepsAddressBusy) == [false])
    story.trace.processes[2].end = .signal(9)
    #expect(story.rows(running: [2]).map(\.keepsAddressBusy) == [true])
  }

  @Test("A port is free once its holder has ended")
  func holderEnded() {
    let row = Scenario.server(childEndsAt: 60).rows().first
    #expect(row?.holderLife == .ended && row?.keepsAddressBusy == false)
  }

  @Test("What a started program forks holds as well, for as long as it may live")
  func grandchild() {
    var story = Scenario.server(childEndsAt: 10)
    story.start(3, by: 2, "fork", how: .fork, at: 4, to: nil)
    story.inherit(5, from: 2, to: 3)
    #expect(story.rows(running: [3]).map(\.holder) == [3, 2])
    #expect(story.rows(running: [3]).map(\.start.program) == [2, 2])
    story.trace.processes[2].end = .exit(status: 0)
    #expect(story.rows().map(\.holder) == [2])
  }

  @Test("An opener of which no end was recorded has ended when the caller knows it gone")
  func killedOpener() {
    let story = Scenario.server(endsAt: nil)
    #expect(story.rows(running: [2]).map(\.openerLife) == [.unknown])
    let found = Analysis(story.trace, running: [2], gone: [1]).findings.inheritance.rows
    #expect(found.map(\.openerLife) == [.ended] && found.map(\.keepsAddressBusy) == [true])
  }

  @Test("What ended before its opener never kept an address for itself")
  func endedFirst() {
    func outlives(_ story: Scenario, running: Set<Int> = []) -> [Bool] {
      story.rows(running: running).map(\.outlivesOpener)
    }
    #expect(outlives(.server(childEndsAt: 10)) == [false])
    #expect(outlives(.server(endsAt: nil, childEndsAt: 10), running: [1]) == [false])
    #expect(outlives(.server(childEndsAt: 60)) == [true])
    #expect(outlives(.server(), running: [2]) == [true])
    #expect(outlives(.server()) == [true], "nobody knows that it ended")
    var successor = Scenario.server(endsAt: 5, childEndsAt: 10)
    successor.trace.processes[0].end = .exec
    successor.start(3, by: 1, "execve", how: .exec, at: 5, to: 50)
    #expect(outlives(successor) == [false], "the opener goes on as another program")
  }

  @Test("What ended after its opener had closed the listener kept the address for itself")
  func closedByOpener() {
    var story = Scenario.server(childEndsAt: 10)
    story.trace.processes[0].descriptors[0].state = .closed
    for (moment, outlives) in [(8.0, true), (20, false)] {
      story.trace.processes[0].descriptors[0].note = .init(
        call: Scenario.call("close"), ticks: Scenario.ticks(moment), stack: 0, error: 0)
      #expect(story.rows().map(\.outlivesOpener) == [outlives])
    }
    var reused = Scenario.server(childEndsAt: 10)
    reused.trace.processes[0].descriptors = []
    reused.open(5, site: 3, at: 8)
    #expect(reused.rows().map(\.outlivesOpener) == [true])
  }
}
