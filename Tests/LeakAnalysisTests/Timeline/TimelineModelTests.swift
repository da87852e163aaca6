import SeededRandom
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("The timeline of random programs")
struct TimelineModelTests {
  /// Two threads of one process that open and close at random: what was open when, and the
  /// trace of it.
  private struct Program {
    var story = Scenario()
    var records: [RingRecord] = []
    /// Every descriptor that ever was: site, open, close.
    var lives: [(site: Int, from: Double, to: Double?)] = []
    static let duration = 1190.0

    init(_ random: inout some RandomNumberGenerator) {
      story.process(to: Self.duration)
      var open: [Int: Int] = [:]
      var now = 1.0
      while now < Self.duration - 10 {
        now += Double(Int.random(in: 1...8, using: &random))
        let thread = UInt32.random(in: 1...2, using: &random)
        if let (fd, life) = open.randomElement(using: &random), Bool.random(using: &random) {
          open[fd] = nil
          lives[life].to = now
          let site = lives[life].site
          records.append(
            RingRecord(
              kind: .closed, thread: thread, at: now, call: "close",
              stack: StackNumber(900 + site), fd: fd))
        } else {
          let fd = (3...).first { open[$0] == nil }!
          let site = Int.random(in: 1...3, using: &random)
          open[fd] = lives.count
          lives.append((site, now, nil))
          records.append(
            RingRecord(
              kind: .opened, thread: thread, at: now, call: "open", stack: StackNumber(site),
              fd: fd))
        }
      }
      for (fd, life) in open { story.open(fd, site: lives[life].site, at: lives[life].from) }
      for life in lives {
        guard let end = life.to else { continue }
        story.churn(1, site: life.site, from: life.from, to: life.from, life: end - life.from)
      }
      story.trace.processes[0].opened = UInt64(lives.count)
      story.trace.processes[0].closed = UInt64(lives.count - open.count)
      records.sort { ($0.thread, $0.at) < ($1.thread, $1.at) }
    }

    func count(at ms: Double, site: Int? = nil) -> Int {
      lives.count { life in
        life.from <= ms && life.to.map { $0 > ms } ?? true && (site == nil || life.site == site)
      }
    }

    /// The trace with what a ring of `kept` ms holds.
    func trace(keeping kept: Double) -> Scenario {
      var story = story
      let start = Self.duration - kept
      story.ring(records.filter { $0.at >= start })
      if kept < Self.duration {
        story.trace.events.wholeSinceTicks =
          records.filter { $0.at >= start }.map { Scenario.ticks($0.at) }.min()
      }
      return story
    }
  }

  @Test(
    "Counts are exact where the line says so, lower bounds before, and exact at the end",
    arguments: [Program.duration, 600, 100], [UInt64(1), 2, 3, 4, 5, 6])
  func random(kept: Double, seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let program = Program(&random)
    let story = program.trace(keeping: kept)
    let found = story.findings
    let timeline = try #require(found.timeline)
    var lines: [(line: Timeline.Line, site: Int?)] = [(timeline.tree, nil)]
    for site in 1...3 { lines.append((try #require(timeline.sites[story.site(site).id]), site)) }
    for (line, site) in lines {
      #expect(line.counts.last == program.count(at: Program.duration, site: site))
      if kept == Program.duration { #expect(line.knownFromNs == 0) }
      for (moment, count) in zip(timeline.momentsNs, line.counts) {
        let truth = program.count(at: Double(moment) / 1_000_000, site: site)
        let isKnown = moment >= line.knownFromNs
        #expect(
          isKnown ? count == truth : count <= truth,
          "seed \(seed), site \(site.map(String.init) ?? "all") at \(moment) ns")
      }
    }
    if kept < 600 { #expect(timeline.tree.knownFromNs > 1_000_000_000) }
  }
}
