import Glibc
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("One line that many stacks lead to")
struct ManyWaysTests {
  /// Opens `each` of every stack, evenly over a second, and keeps all of them.
  private static func story(
    ways: Int, each: Int = 1, call: String = "open", kind: DescriptorKind = .file,
    _ change: (inout Descriptor, Int) -> Void = { descriptor, _ in descriptor.name("/etc/icon") }
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 1000)
    for turn in 0..<ways * each {
      let at = Double(turn + 1) * 990 / Double(ways * each)
      story.open(3 + turn, site: 1 + turn % ways, at: at, call: call, kind: kind) {
        change(&$0, turn)
      }
    }
    return story
  }

  @Test("What opens one file over and over below a recursion is one leak")
  func recursion() throws {
    var story = Self.story(ways: 30)
    story.lead(1..<31, to: 7)
    let findings = story.findings
    let site = try #require(findings.sites.first)
    #expect(findings.sites.count == 1 && site.live == 30 && site.verdict == .leak)
    #expect(
      site.reasons.contains(.manyWays(ways: 30))
        && site.reasons.contains(.neverClosed(opens: 30, withinNs: 957_000_000)))
    #expect(findings.stacks.frames(of: site.stack) == [Scenario.frame(7), .ways])
  }

  @Test("In a burst it is one, too, though the names of some are lost")
  func burst() {
    var story = Self.story(ways: 30) { descriptor, turn in
      if turn > 5 { descriptor.name("/etc/icon") }
    }
    story.lead(1..<31, to: 7)
    story.trace.processes[0].endTicks = Scenario.ticks(10_000)
    #expect(story.findings.sites.map(\.verdict) == [.leak])
  }

  @Test("Fewer than twenty are judged one by one")
  func few() {
    var story = Self.story(ways: 19)
    story.lead(1..<20, to: 7)
    let findings = story.findings
    #expect(findings.sites.count == 19 && findings.sites.allSatisfy { $0.verdict == .held })
  }

  @Test("Files that each have a name of their own may be intended: suspect")
  func ownNames() {
    var story = Self.story(ways: 30) { descriptor, turn in descriptor.name("/data/\(turn)") }
    story.lead(1..<31, to: 7)
    #expect(story.findings.sites.map(\.verdict) == [.suspect])
  }

  @Test("What has no name leaks when it goes on over the life, and is suspect in a burst")
  func nameless() {
    var story = Self.story(ways: 30, call: "eventfd", kind: .eventfd) { _, _ in }
    story.lead(1..<31, to: 7)
    #expect(story.findings.sites.map(\.verdict) == [.leak])
    story.trace.processes[0].endTicks = Scenario.ticks(10_000)
    #expect(story.findings.sites.map(\.verdict) == [.suspect])
  }

  @Test("Below a recursion they are one site though each of the stacks has many")
  func manyEach() {
    var story = Self.story(ways: 32, each: 6) { _, _ in }
    story.lead(1..<33, to: 7)
    let sites = story.findings.sites
    #expect(sites.map(\.verdict) == [.leak] && sites.first?.live == 192)
  }

  @Test("A helper's callers that each have many are sites of their own")
  func callers() {
    var story = Self.story(ways: 32, each: 6) { _, _ in }
    story.lead(1..<33, to: 7, from: 32)
    let sites = story.findings.sites
    #expect(sites.count == 32 && sites.allSatisfy { $0.verdict == .leak && $0.live == 6 })
  }

  @Test("A stack with far more than the others stands alone")
  func outstanding() {
    var story = Self.story(ways: 30)
    for fd in 100..<150 { story.open(fd, site: 31, at: Double(fd)) { $0.name("/etc/icon") } }
    story.lead(1..<32, to: 7)
    #expect(Set(story.findings.sites.map(\.live)) == [30, 50])
  }

  @Test("Twenty processes with one stack each are not many ways")
  func processes() {
    var story = Scenario()
    for id in 1...30 {
      story.process(id, to: 1000)
      story.open(3, in: id, site: id, at: 1) { $0.name("/etc/icon") }
    }
    story.lead(1..<31, to: 7)
    #expect(story.findings.sites.count == 30)
  }

  @Test("Listeners are told one by one")
  func listeners() {
    var story = Self.story(ways: 30, call: "socket", kind: .tcp) { descriptor, turn in
      descriptor.listen(on: UInt16(8000 + turn))
    }
    story.lead(1..<31, to: 7)
    #expect(story.findings.sites.count == 30)
  }

  @Test("The line is the program's, whatever libraries it opens through")
  func libraries() {
    var story = Self.story(ways: 40)
    story.lead(1..<21, to: 7, through: 2)
    story.lead(21..<41, to: 8, through: 2)
    let findings = Analysis(
      story.trace,
      own: {
        $0.filter { if case .code(1, _) = $0 { true } else { false } }
      }
    ).findings
    #expect(findings.sites.map(\.live) == [20, 20])
    #expect(
      Set(findings.sites.map { findings.stacks.frames(of: $0.stack) })
        == [7, 8].map {
          [Scenario.frame(1, of: 2), Scenario.frame(2, of: 2), Scenario.frame($0), .ways]
        }.reduce(into: []) { $0.insert($1) })
  }

  @Test("The call that failed on each of them is one, too")
  func failures() throws {
    var story = Self.story(ways: 30, call: "socket", kind: .tcp) { descriptor, turn in
      descriptor.fail(
        "connect", ECONNREFUSED, at: Double(turn) + 50, stack: StackNumber(101 + turn))
    }
    story.lead(1..<31, to: 7)
    story.lead(101..<131, to: 8)
    let findings = story.findings
    let site = try #require(findings.sites.first)
    let cause = try #require(site.cause)
    #expect(site.verdict == .leak && cause.count == 30 && site.notes.count == 1)
    #expect(findings.stacks.frames(of: cause.stack) == [Scenario.frame(8), .ways])
  }

  @Test("Where others are closed is one place, too")
  func closers() throws {
    var story = Self.story(ways: 30)
    for way in 1...30 { story.churn(2, site: way, from: 2, to: 900, life: 0.1) }
    story.lead(1..<31, to: 7)
    story.lead(901..<931, to: 9)
    let site = try #require(story.findings.sites.first)
    #expect(site.closeSites.count == 1 && site.closeSites.first?.count == 60)
    #expect(site.verdict == .leak)
  }
}
