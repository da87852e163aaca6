import LeakAnalysis
import Testing

@testable import Reporting

@Suite("Comparing several places of one fingerprint")
struct ComparedPlacesTests {
  /// A site of the one fingerprint, in a line of a build.
  private func site(
    _ id: Int, line: Int?, live: Int, _ verdict: Verdict = .leak, build: String? = "c0ffee"
  ) -> Report.Site {
    var site = Sample.leak
    (site.id, site.live, site.verdict) = (id, live, verdict)
    for index in site.stack.frames.indices { site.stack.frames[index].buildID = build }
    if let focus = site.stack.focusIndex { site.stack.frames[focus].line = line }
    return site
  }

  /// Compares with a report as a value, or as the JSON that it is written as.
  private func compared(
    _ now: [Report.Site], with before: [Report.Site], asJSON: Bool
  ) throws -> Report {
    var report = Sample.report(of: now)
    let old = Sample.report(of: before)
    report.compare(
      with: asJSON
        ? try BaselineTests.read(JSONRenderer().render(old).utf8) : Baseline(old),
      all: now)
    return report
  }

  @Test("In one build another line is another leak", arguments: [false, true])
  func sameBuild(asJSON: Bool) throws {
    let report = try compared(
      [site(1, line: 11, live: 15)], with: [site(1, line: 7, live: 20)], asJSON: asJSON)
    let comparison = try #require(report.comparison)
    #expect(comparison.rows.map(\.change) == [.new, .gone])
    #expect(
      comparison.rows.map(\.title) == [
        "tcp sockets from socket() in new_socket at client.c:11",
        "tcp sockets from socket() in new_socket at client.c:7",
      ])
    #expect(
      comparison.rows.map(\.live) == [15, 0] && comparison.rows.map(\.liveBefore) == [0, 20])
    #expect(comparison.newLeaks == 1 && report.sites.map(\.change) == [.new])
  }

  @Test("In one build each line has grown by itself", arguments: [false, true])
  func grown(asJSON: Bool) throws {
    let report = try compared(
      [site(1, line: 11, live: 67), site(2, line: 10, live: 16, .suspect)],
      with: [site(1, line: 10, live: 16, .suspect)], asJSON: asJSON)
    let rows = try #require(report.comparison).rows
    #expect(rows.map(\.change) == [.new, .unchanged] && rows.map(\.live) == [67, 16])
    #expect(rows.map(\.sites) == [[1], [2]])
    #expect(report.sites.map(\.change) == [.new, .unchanged])
  }

  @Test("Of another build what is in other lines is the same, and is told to have moved")
  func otherBuild() throws {
    let report = try compared(
      [site(1, line: 11, live: 15)], with: [site(1, line: 7, live: 20, build: "f00d")],
      asJSON: true)
    let rows = try #require(report.comparison).rows
    #expect(rows.map(\.change) == [.shrunk])
    #expect(
      rows[0].title == "tcp sockets from socket() in new_socket at client.c:11, was at client.c:7")
    let known = "leak: 15 tcp sockets from socket() in new_socket at client.c:11, was at client.c:7"
    #expect(Narrative(report).knownFindings == ["\(known) [\(Sample.leak.fingerprint)]"])
    let title = known.dropFirst("leak: ".count)
    #expect(HTMLRenderer().render(report).contains("<span class=\"title\">\(title)</span>"))
  }

  @Test("Where places are added up it is told how many are at which")
  func addedUp() throws {
    let before = [
      site(1, line: 7, live: 3, build: "f00d"), site(2, line: 9, live: 2, build: "f00d"),
      site(3, line: 8, live: 1, build: "f00d"),
    ]
    let now = [site(1, line: 11, live: 67), site(2, line: 10, live: 16, .suspect)]
    var rows = try #require(try compared(now, with: before, asJSON: true).comparison).rows
    let what = "tcp sockets from socket() in new_socket at client.c"
    #expect(rows.map(\.live) == [83] && rows.map(\.liveBefore) == [6])
    #expect(
      rows.map(\.title) == [
        "\(what):11 (67) and 1 more place (16), was at client.c:7 and 2 more places"
      ])
    rows = try #require(try compared([], with: before, asJSON: true).comparison).rows
    #expect(rows.map(\.title) == ["\(what):7 (3) and 2 more places (3)"])
  }

  @Test("What stayed in its lines did not move, and what has none is not told apart")
  func unmoved() throws {
    for (now, before) in [
      (site(1, line: 7, live: 1), site(1, line: 7, live: 1, build: "f00d")),
      (site(1, line: nil, live: 1), site(1, line: 7, live: 1)),
      (site(1, line: 7, live: 1), site(1, line: nil, live: 1)),
      (site(1, line: 7, live: 1), site(1, line: 7, live: 1)),
    ] {
      let rows = try #require(try compared([now], with: [before], asJSON: true).comparison).rows
      #expect(rows.map(\.change) == [.unchanged] && rows[0].moved == nil)
    }
    let builds = (site(1, line: 7, live: 1, build: nil), site(1, line: 9, live: 1, build: nil))
    let rows = try #require(
      try compared([builds.0], with: [builds.1], asJSON: true).comparison
    ).rows
    #expect(rows.map(\.change) == [.unchanged])
  }
}
