import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("How growth is told") struct GrowthTests {
  /// A process that lives for so many seconds and leaves one open in each of the first ten.
  private func tenSeconds(
    of life: Double, limit: UInt64 = 1024, hitAt hit: Double? = nil,
    end: TracedProcess.End = .none
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: life * 1000, end: end)
    story.trace.processes[0].fdLimit = limit
    story.trace.processes[0].limitHit = hit.map {
      TracedProcess.LimitHit(ticks: Scenario.ticks($0 * 1000))
    }
    for fd in 3...13 { story.open(fd, at: Double(fd - 3) * 1000) }
    return story.site()
  }

  @Test("What was set apart has no part in it: such as a listener from long before")
  func apart() {
    var story = Scenario()
    story.process(to: 100_000)
    story.open(3, at: 0, call: "socket", kind: .tcp) { $0.listen(on: 80) }
    for fd in 4..<24 {
      story.open(fd, at: 60_000 + Double(fd) * 1000, call: "socket", kind: .tcp)
    }
    let site = story.site()
    #expect(site.verdict == .leak && site.growth?.steadiness == .steady)
    #expect(site.growth.map { ($0.perHour / 60).rounded() } == 60)
    #expect(site.limitReachedInNs != nil)
  }

  @Test("Nor have connections whose clients are still there, beside those that clients have left")
  func inUse() {
    var story = Scenario()
    story.process(to: 100_000)
    for fd in 3..<9 {
      story.open(fd, at: Double(fd), call: "accept4", kind: .tcp) { $0.connect(to: 80) }
    }
    for fd in 9..<29 {
      story.open(fd, at: 60_000 + Double(fd) * 1000, call: "accept4", kind: .tcp) {
        $0.connect(to: 80, state: 8)
      }
    }
    let site = story.site()
    #expect(site.verdict == .leak && site.byProcess.map(\.apart) == [6])
    #expect(site.growth?.steadiness == .steady)
    #expect(site.growth.map { ($0.perHour / 60).rounded() } == 60)
  }

  @Test("Once as long as it took has passed without another, it has ended")
  func rest() {
    #expect(tenSeconds(of: 19).growth?.end == nil && tenSeconds(of: 19).limitReachedInNs != nil)
    let stopped = tenSeconds(of: 25)
    #expect(stopped.growth?.end == .rest(sinceNs: 10_000_000_000, forNs: 15_000_000_000))
    #expect(stopped.verdict == .leak && stopped.limitReachedInNs == nil)
  }

  @Test("What others told of its end is not taken to be before what it did")
  func endTold() {
    #expect(tenSeconds(of: 5, end: .signal(9)).fds.first?.ageNs == 10_000_000_000)
  }

  @Test("What met the limit is forecast no more, and its moment is told")
  func limit() {
    for life in [11.5, 90] {
      let full = tenSeconds(of: life, limit: 11, hitAt: 11)
      #expect(full.growth?.end == .limit(atNs: 11_000_000_000) && full.limitReachedInNs == nil)
    }
    // Nobody asked for one more.
    #expect(tenSeconds(of: 11.5, limit: 11).growth?.end == .limit(atNs: nil))
  }

  @Test("A limit set below what is open has ended no growth, and is not ahead")
  func loweredLimit() {
    let site = tenSeconds(of: 11.5, limit: 5)
    #expect(site.growth?.end == nil && site.limitReachedInNs == nil)
  }

  @Test("A limit that others met ends growth neither before nor long after")
  func limitOfOthers() {
    let met = tenSeconds(of: 19, hitAt: 2)
    #expect(met.growth?.end == nil && met.limitReachedInNs == nil)
    #expect(
      tenSeconds(of: 25, hitAt: 24).growth?.end
        == .rest(sinceNs: 10_000_000_000, forNs: 15_000_000_000))
  }
}
