import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("How many descriptors were open over time")
struct TimelineTests {
  /// The moments of a trace that lasted 1190 ms are 10 ms apart.
  private static let duration = 1190.0

  private func moment(_ ms: Int) -> Int { ms / 10 }

  @Test("Lines rise when what stays is opened, and end at the exact counts")
  func rising() throws {
    var story = Scenario()
    story.process(to: Self.duration)
    for fd in 3..<7 { story.open(fd, at: Double(fd) * 100) }
    let found = story.findings
    let timeline = try #require(found.timeline)
    #expect(timeline.momentsNs.count == Timeline.length)
    #expect(timeline.momentsNs.first == 0 && timeline.momentsNs.last == 1_190_000_000)
    let line = try #require(timeline.sites[found.sites[0].id])
    #expect([299, 300, 310, 400, 600, 1190].map { line.counts[moment($0)] } == [0, 1, 1, 2, 4, 4])
    #expect(line.counts.last == found.sites[0].live && line.knownFromNs == 0)
    #expect(timeline.tree == line)
    #expect(timeline.processes[1] == line)
  }

  @Test("What was closed again is there from its open to its close, at its own site")
  func closed() throws {
    var story = Scenario()
    story.process(to: Self.duration)
    story.open(3, at: 100)
    story.churn(1, site: 2, from: 200, to: 200, life: 300)
    story.ring([
      RingRecord(kind: .opened, at: 100, call: "open", stack: 1, fd: 3),
      RingRecord(kind: .closed, thread: 2, at: 500, call: "close", stack: 902, fd: 4),
      RingRecord(kind: .opened, at: 200, call: "open", stack: 2, fd: 4),
    ])
    let found = story.findings
    let timeline = try #require(found.timeline)
    #expect(
      [90, 100, 190, 200, 490, 500].map { timeline.tree.counts[moment($0)] } == [0, 1, 1, 2, 2, 1])
    let site = try #require(timeline.sites[story.site(2).id])
    #expect([190, 200, 490, 500].map { site.counts[moment($0)] } == [0, 1, 1, 0])
  }

  @Test("What was opened and closed between two moments counts in the most of that interval")
  func peaksBetween() throws {
    var story = Scenario()
    story.process(to: Self.duration)
    story.open(3, at: 100)
    story.churn(2, site: 2, from: 201, to: 203, life: 1)
    story.ring([
      RingRecord(kind: .opened, at: 100, call: "open", stack: 1, fd: 3),
      RingRecord(kind: .opened, at: 201, call: "open", stack: 2, fd: 4),
      RingRecord(kind: .opened, at: 202, call: "open", stack: 2, fd: 5),
      RingRecord(kind: .closed, at: 203, call: "close", stack: 902, fd: 4),
      RingRecord(kind: .closed, at: 204, call: "close", stack: 902, fd: 5),
    ])
    let timeline = try #require(story.findings.timeline)
    #expect([200, 210, 220].map { timeline.tree.counts[moment($0)] } == [1, 1, 1])
    let peaks = try #require(timeline.peaks[1])
    #expect([90, 100, 200, 210, 220].map { peaks[moment($0)] } == [0, 1, 1, 3, 1])
    #expect(peaks.count == timeline.processes[1]?.counts.count)
  }

  @Test("A number that was opened again without a close was replaced")
  func replaced() throws {
    var story = Scenario()
    story.process(to: Self.duration)
    story.open(3, site: 2, at: 200, call: "dup2")
    story.churn(1, site: 1, from: 100, to: 100, life: 100)
    story.ring([
      RingRecord(kind: .opened, at: 100, call: "open", stack: 1, fd: 3),
      RingRecord(kind: .duplicated, at: 200, call: "dup2", stack: 2, fd: 3),
    ])
    let timeline = try #require(story.findings.timeline)
    #expect([100, 190, 200, 1190].map { timeline.tree.counts[moment($0)] } == [1, 1, 1, 1])
    let first = try #require(timeline.sites[story.site(1).id])
    #expect([100, 190, 200].map { first.counts[moment($0)] } == [1, 1, 0])
  }

  @Test("Before the ring's records begin counts are lower bounds, and say so")
  func wrapped() throws {
    var story = Scenario()
    story.process(to: Self.duration)
    story.open(3, at: 100)
    story.churn(50, site: 2, from: 150, to: 590, life: 60)
    story.trace.processes[0].opened = 51
    story.trace.processes[0].closed = 50
    story.ring([
      // Opened before, at a site that only this stack closes.
      RingRecord(kind: .opened, at: 600, call: "open", stack: 2, fd: 5),
      RingRecord(kind: .closed, at: 650, call: "close", stack: 902, fd: 4),
      RingRecord(kind: .closed, at: 700, call: "close", stack: 902, fd: 5),
    ])
    story.trace.events.wholeSinceTicks = Scenario.ticks(600)
    let found = story.findings
    let timeline = try #require(found.timeline)
    #expect(timeline.tree.knownFromNs == 600_000_000)
    #expect(
      [90, 100, 300, 590, 600, 640, 650, 690, 700].map { timeline.tree.counts[moment($0)] }
        == [0, 1, 1, 1, 3, 3, 2, 2, 1])
    let churned = try #require(timeline.sites[story.site(2).id])
    #expect(churned.knownFromNs == 600_000_000)
    #expect([590, 600, 650, 700].map { churned.counts[moment($0)] } == [0, 2, 1, 0])
    // Of the other site the ring has lost the open, and the table has it.
    let stayed = try #require(timeline.sites[story.site(1).id])
    #expect(stayed.counts[moment(90)] == 0 && stayed.counts[moment(100)] == 1)
  }

  @Test("The tree has what living processes have; a site keeps what ended ones left open")
  func tree() throws {
    var story = Scenario()
    story.process(1, to: Self.duration)
    for child in 2...4 {
      let start = Double(child) * 100
      story.process(child, from: start, to: start + 50, how: .fork, parent: 1)
      story.open(3, in: child, at: start + 10)
    }
    let found = story.findings
    let timeline = try #require(found.timeline)
    #expect(
      [210, 250, 260, 310, 360, 1190].map { timeline.tree.counts[moment($0)] } == [
        1, 1, 0, 1, 0, 0,
      ])
    let site = try #require(timeline.sites[found.sites[0].id])
    #expect([210, 260, 310, 1190].map { site.counts[moment($0)] } == [1, 1, 2, 3])
    #expect(site.counts.last == found.sites[0].live)
    let child = try #require(timeline.processes[2])
    #expect(child.first == moment(200) && child.counts == [0, 1, 1, 1, 1, 1])
  }

  @Test("Many short processes between two moments are not counted as if they lived at once")
  func short() throws {
    var story = Scenario()
    story.process(1, to: Self.duration)
    for child in 2...9 {
      story.process(child, from: 101 + Double(child) / 10, to: 102, how: .fork, parent: 1)
      story.open(3, in: child, at: 101.95)
    }
    let timeline = try #require(story.findings.timeline)
    #expect(timeline.tree.counts.allSatisfy { $0 == 0 })
    #expect(timeline.processes[5]?.counts == [1])
  }

  @Test("What is inherited counts from the start of the process, standard streams do not")
  func inherited() throws {
    var story = Scenario()
    story.process(1, to: 500)
    story.open(7, at: 100)
    story.process(2, from: 400, to: Self.duration, how: .fork, parent: 1)
    story.inherit(7, from: 1, to: 2)
    story.inherit(7, from: 1, to: 2, as: 1) { _ in }
    let found = story.findings
    let timeline = try #require(found.timeline)
    #expect(timeline.processes[2]?.counts.allSatisfy { $0 == 1 } == true)
    #expect([90, 100, 400, 500, 510].map { timeline.tree.counts[moment($0)] } == [0, 1, 2, 2, 1])
  }

  @Test("A process that nobody saw ending counts to the end")
  func unended() throws {
    var story = Scenario()
    story.process(1, to: Self.duration)
    story.process(2, from: 100, to: nil, how: .fork, parent: 1)
    story.open(3, in: 2, at: 110)
    #expect(try #require(story.findings.timeline).tree.counts.last == 1)
  }

  @Test("Without a clock or without time there is no timeline")
  func none() {
    var story = Scenario()
    #expect(story.findings.timeline == nil)
    story.process(to: 0)
    #expect(story.findings.timeline == nil)
    var other = Scenario()
    other.process(to: 100)
    other.trace.clock.scale = nil
    #expect(other.findings.timeline == nil)
  }
}
