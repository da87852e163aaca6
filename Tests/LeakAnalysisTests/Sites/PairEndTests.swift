import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Which ends of pairs are open, and where each end is closed")
struct PairEndTests {
  private static let start: StackNumber = 901
  private static let finish: StackNumber = 902

  /// Four pipes, whose write ends are 50 and closed at once; of two the read end is closed as well.
  /// - Parameter told: what the ring has of each pair's opening and closing.
  private func story(
    write: Int = 50, _ told: ([RingRecord]) -> [RingRecord] = { $0 }
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 1000)
    story.churn(4, from: 10, to: 310, life: 0.2, call: "pipe2", kind: .pipe)
    story.churn(2, from: 10, to: 110, life: 0.5, call: "pipe2", kind: .pipe)
    story.trace.closers[1].stack = story.stack(Int(Self.finish))
    for pair in 2..<4 {
      story.open(3 + pair, at: 10 + Double(pair) * 100, call: "pipe2", kind: .pipe)
    }
    let records = (0..<4).flatMap { pair -> [RingRecord] in
      let at = 10 + Double(pair) * 100
      let opened = [3 + pair, write].map {
        RingRecord(kind: .opened, at: at, call: "pipe2", stack: 1, fd: $0)
      }
      let closed = [(write, Self.start, 0.2), (3 + pair, Self.finish, 0.5)].map {
        RingRecord(kind: .closed, at: at + $2, call: "close", stack: $1, fd: $0)
      }
      return opened + closed.prefix(pair < 2 ? 2 : 1)
    }
    story.ring(told(records))
    return story
  }

  private func closed(_ site: SiteFinding) -> [StackNumber: EndCounts] {
    Dictionary(uniqueKeysWithValues: site.closeSites.map { ($0.stack, $0.ends) })
  }

  @Test("The order of a call's two records tells, and their numbers who closes which")
  func told() {
    let site = story().site()
    #expect(site.ends == EndCounts(first: 2) && site.fds.map(\.end) == [.first, .first])
    #expect(
      closed(site) == [Self.start: EndCounts(second: 4), Self.finish: EndCounts(first: 2)])
  }

  @Test("Nothing is told where the lower number comes last, or a half of the two is lost")
  func unsure() {
    let reversed = story(write: 2).site()
    #expect(reversed.ends == EndCounts() && closed(reversed)[Self.start] == EndCounts())
    #expect(reversed.fds.allSatisfy { $0.end == nil })
    let halved = story { $0.filter { $0.kind != .opened || $0.fd != 5 } }.site()
    #expect(halved.ends == EndCounts(first: 1))
    #expect(closed(halved)[Self.start] == EndCounts(second: 3))
  }

  @Test("A number that another opening has taken is no end any more")
  func takenNumber() {
    let site = story { records in
      records.flatMap { record -> [RingRecord] in
        guard record.kind == .closed, record.fd == 50 else { return [record] }
        return [RingRecord(kind: .opened, at: record.at - 0.1, call: "open", fd: 50), record]
      }
    }.site()
    #expect(closed(site)[Self.start] == EndCounts())
  }

  @Test("A dup2 ends what had its number, and a close that failed ends nothing")
  func otherCloses() {
    let site = story { records in
      records.map { record in
        guard record.kind == .closed else { return record }
        var record = record
        if record.fd == 50 { record.kind = .duplicated } else { record.result = 9 }
        return record
      }
    }.site()
    #expect(
      closed(site) == [Self.start: EndCounts(second: 4), Self.finish: EndCounts()])
  }

  @Test("Where no pair lost an end, nothing is looked for")
  func whole() {
    var story = story()
    for index in story.trace.processes.indices { story.trace.processes[index].descriptors = [] }
    #expect(story.site().closeSites.allSatisfy { $0.ends == EndCounts() })
  }
}
