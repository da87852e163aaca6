import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Hostile values")
struct HostileValueTests {
  /// A seeded generator of numbers that are small, or at the ends of their range.
  private struct Extremes {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let bits = state >> 33
      switch bits & 7 {
      case 0: return .max
      case 1: return .max - bits % 5
      case 2: return 1 << (bits % 64)
      case 3: return 0
      default: return bits % 7
      }
    }
    mutating func small() -> UInt32 { UInt32(truncatingIfNeeded: next()) }
  }

  @Test("Failures that differ for each descriptor are told apart up to a limit")
  func manyFailures() {
    var story = Scenario()
    story.process(1, to: 50)
    for fd in 3..<200 {
      var descriptor = Descriptor(fd: fd)
      descriptor.fail("connect", 111, at: 1, stack: StackNumber(1000 + fd))
      story.add(descriptor, to: 1)
    }
    let site = Analysis(story.trace).findings.sites.first
    #expect(site?.notes.count == Thresholds.eventGroups)
    #expect(site?.reasons.count == Thresholds.eventGroups)
  }

  @Test("Sites that rank after as many as are told are counted")
  func manySites() {
    var story = Scenario()
    story.process(1, to: 50)
    var table: [Descriptor] = []
    for fd in 3..<Findings.siteLimit + 10 {
      story.trace.stacks.insert(
        .init(frame: 1 << 48 | UInt64(fd * 16), parent: 0), as: StackNumber(fd))
      var descriptor = Descriptor(fd: fd)
      descriptor.stack = StackNumber(fd)
      table.append(descriptor)
    }
    story.trace.processes[0].descriptors = table
    let findings = Analysis(story.trace).findings
    #expect(findings.sites.count == Findings.siteLimit)
    #expect(findings.untold == .init(sites: 7, descriptors: 7))
  }

  private func trace(_ random: inout Extremes) -> Trace {
    var story = Scenario()
    story.trace.clock.scale =
      random.next() & 3 == 0
      ? nil : .init(nanoseconds: random.next(), ticks: random.next())
    story.trace.clock.originTicks = random.next()
    for id in 1...3 {
      story.process(id, to: random.next() & 1 == 0 ? nil : 5, parent: Int(random.next() % 4))
      story.trace.processes[id - 1].startTicks = random.next()
      story.trace.processes[id - 1].fdLimit = random.next()
      story.trace.processes[id - 1].unseen = random.small()
      for fd in 0..<Int(random.next() % 12) {
        var descriptor = Descriptor(fd: fd)
        descriptor.site = random.small()
        descriptor.stack = random.small()
        descriptor.call = UInt16(truncatingIfNeeded: random.next())
        descriptor.openedTicks = random.next()
        descriptor.origin = Int(random.small())
        descriptor.via = [.open, .open, .fork, .exec, .outside, .unseen][Int(random.next() % 6)]
        if random.next() & 1 == 0 {
          descriptor.fail("connect", Int32(truncatingIfNeeded: random.next()), at: 1)
          descriptor.note?.ticks = random.next()
        }
        story.add(descriptor, to: id)
      }
    }
    for id in 1...6 {
      story.trace.sites.append(
        SiteRecord(
          id: UInt32(id), process: Int(random.small()), stack: random.small(),
          call: UInt16(truncatingIfNeeded: random.next()), opened: random.next(),
          closed: random.next(), firstTicks: random.next(), lastTicks: random.next(),
          peak: random.small()))
      story.trace.closers.append(
        CloserRecord(
          site: random.small(), count: random.next(), minTicks: random.next(),
          maxTicks: random.next(), lastTicks: random.next(),
          lifetimes: (0..<16).map { _ in random.small() }))
    }
    return story.trace
  }

  @Test("Numbers at the ends of their range make findings that agree with themselves")
  func extremes() {
    let seed = UInt64.random(in: 1...(.max))
    var random = Extremes(state: seed)
    for round in 0..<3000 {
      let findings = Analysis(trace(&random)).findings
      for site in findings.sites {
        #expect(site.live == site.fds.count, "seed \(seed) round \(round)")
        #expect((site.verdict == .clean) == (site.live == 0), "seed \(seed) round \(round)")
        #expect(site.closed <= site.opened, "seed \(seed) round \(round)")
      }
      #expect(Set(findings.sites.map(\.id)).count == findings.sites.count, "seed \(seed)")
    }
  }
}
