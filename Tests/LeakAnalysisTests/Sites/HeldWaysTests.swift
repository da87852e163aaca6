import Suppressions
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Known holders and lines that many stacks lead to")
struct HeldWaysTests {
  /// Opens by 60 stacks that end in one line; frame 9 is far out in the second half.
  private static var story: Scenario {
    var story = Scenario()
    story.process(to: 1000)
    for way in 1...60 {
      story.open(2 + way, site: way, at: Double(way) * 16) { $0.name("/data/\(way % 9)") }
    }
    story.lead(1..<31, to: 7)
    story.lead(31..<61, to: 7, below: 9)
    return story
  }

  private static func findings(_ conditions: String, named: Set<Frame>) throws -> Findings {
    let holders = try SuppressionFile.parse(
      Array("{\na cache\nreason: so\n\(conditions)\n}".utf8), file: "f")
    return Analysis(
      story.trace,
      names: { frames in
        Dictionary(
          uniqueKeysWithValues: frames.map { frame in
            let name = named.contains(frame) ? "cache" : "other"
            return (frame, [.init(functions: [name], module: "m", file: nil, line: nil)])
          })
      }, holders: KnownHolders(all: holders)
    ).findings
  }

  @Test("Ways by a holder's function are a site of their own, and one of them tells of it")
  func parted() throws {
    let findings = try Self.findings("...\nfun: cache", named: [Scenario.frame(9)])
    #expect(findings.sites.map(\.live) == [30, 30])
    let ways = try findings.sites.map { try #require($0.way) }
    let held = ways.map { findings.stacks.frames(of: $0).contains(Scenario.frame(9)) }
    #expect(Set(held) == [true, false])
  }

  @Test("Ways that holders say nothing of, or all the same, are one site")
  func alike() throws {
    #expect(try Self.findings("...\nfun: cache", named: []).sites.map(\.live) == [60])
    let all = try Self.findings("fun: cache", named: [Scenario.frame(7)])
    #expect(all.sites.map(\.live) == [60])
  }

  @Test("A holder of what another function opens parts nothing")
  func otherCall() throws {
    let findings = try Self.findings(
      "api: socket\n...\nfun: cache", named: [Scenario.frame(9)])
    #expect(findings.sites.map(\.live) == [60])
  }
}
