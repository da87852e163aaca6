import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Marks")
struct MarkTests {
  /// Names of the marks that the open descriptors of site 1 belong to, by process and fd.
  private func names(_ scenario: Scenario) -> [String] {
    let trace = scenario.trace
    let marks = Marks(trace)
    return trace.processes.flatMap { process in
      process.descriptors.map { marks.index(of: $0).map { marks.findings[$0].name } ?? "-" }
    }
  }

  @Test("A descriptor belongs to the mark in force when it was opened, not to one before or after")
  func times() {
    var scenario = Scenario()
    scenario.process(to: 1000)
    scenario.mark("a", from: 100, to: 200)
    scenario.mark("b", from: 200, to: 300)
    for (fd, ms) in [99.0, 100, 199, 200, 299, 300].enumerated() { scenario.open(fd, at: ms) }
    #expect(names(scenario) == ["-", "a", "a", "b", "b", "-"])
  }

  @Test("What a thread says of itself goes before what is said of the process")
  func threads() {
    var scenario = Scenario()
    scenario.process(to: 1000)
    scenario.mark("all", from: 100, to: 500)
    scenario.mark("one", thread: 7, from: 200, to: 300)
    scenario.open(3, at: 250, thread: 7)
    scenario.open(4, at: 250, thread: 8)
    scenario.open(5, at: 350, thread: 7)
    scenario.open(6, at: 550, thread: 7)
    #expect(names(scenario) == ["one", "all", "all", "-"])
  }

  @Test("A child belongs to the mark that it began in, but while it has marks of its own")
  func children() {
    var scenario = Scenario()
    scenario.process(1, to: 1000)
    let mark = scenario.mark("parent's", from: 100, to: 150)
    scenario.process(2, from: 120, to: 1000, how: .fork, parent: 1)
    scenario.trace.processes[1].mark = mark
    scenario.mark("own", in: 2, from: 300, to: 400)
    scenario.open(3, in: 2, at: 200)
    scenario.open(4, in: 2, at: 350)
    scenario.open(5, in: 2, at: 450)
    #expect(names(scenario) == ["parent's", "own", "parent's"])
  }

  @Test("What is left of a mark that has ended is suspect, of one that lasts it is held")
  func verdicts() {
    func verdict(_ change: (inout Scenario) -> Void) -> Verdict {
      var scenario = Scenario()
      scenario.process(to: 1000)
      change(&scenario)
      scenario.open(3, at: 150)
      return scenario.site().verdict
    }
    #expect(verdict { $0.mark("a", from: 100, to: 200) } == .suspect)
    #expect(
      verdict {
        $0.mark("a", from: 100)
        $0.mark("b", from: 200)
      } == .suspect)
    #expect(verdict { $0.mark("a", from: 100) } == .held)
    #expect(verdict { $0.mark("before", from: 50, to: 100) } == .held)
    #expect(verdict { _ in } == .held)
  }

  @Test("A few that were opened in a mark that has ended are called no pool")
  func few() {
    func reasons(_ mark: (inout Scenario) -> Void) -> [String] {
      var scenario = Scenario()
      scenario.process(to: 1000)
      mark(&scenario)
      for fd in 3...5 { scenario.open(fd, at: 150 + Double(fd)) }
      return scenario.site().reasons.map(\.code)
    }
    #expect(reasons { $0.mark("a", from: 100, to: 200) } == ["mark_ended"])
    #expect(reasons { _ in } == ["burst"])
  }

  @Test("A new mark ends the one before, even where that end was not recorded")
  func replaced() {
    var scenario = Scenario()
    scenario.process(to: 1000)
    scenario.mark("a", from: 100)
    scenario.mark("b", from: 200, to: 300)
    scenario.open(3, at: 150)
    scenario.open(4, at: 350)
    #expect(names(scenario) == ["a", "-"])
  }

  @Test("Marks of one name are one, in whatever process, in the order of their first beginning")
  func byName() {
    var scenario = Scenario()
    scenario.process(1, to: 1000)
    scenario.process(2, to: 1000)
    scenario.mark("late", from: 300, to: 400)
    scenario.mark("twice", in: 2, from: 200, to: 250)
    scenario.mark("twice", from: 100, to: 200)
    let findings = scenario.findings
    #expect(findings.marks.map(\.name) == ["twice", "late"])
    #expect(findings.marks.map(\.runs) == [2, 1])
  }

  @Test("A site tells how many of its open descriptors belong to which mark")
  func counts() {
    var scenario = Scenario()
    scenario.process(to: 10_000)
    scenario.mark("a", from: 100, to: 200)
    for fd in 3..<10 { scenario.open(fd, at: 90 + Double(fd) * 5) }
    let marks = scenario.site().marks
    #expect(marks.map(\.mark) == [0] && marks.map(\.count) == [7])
    for fd in 20..<23 { scenario.open(fd, at: 300) }
    #expect(scenario.site().marks.map(\.mark) == [nil, 0])
    #expect(scenario.site().marks.map(\.count) == [3, 7])
  }

  @Test("Marks that contradict each other are taken as they come")
  func hostile() {
    var scenario = Scenario()
    scenario.process(to: 1000)
    scenario.trace.processes[0].mark = 77
    scenario.mark("backwards", from: 500, to: 100)
    scenario.mark("nobody's", in: 99, from: 0)
    scenario.open(3, at: 600)
    scenario.open(4, at: 300)
    #expect(names(scenario) == ["-", "-"])
    #expect(scenario.site().marks.map(\.count) == [2])
  }
}

extension Scenario {
  @discardableResult
  mutating func mark(
    _ name: String, in process: Int = 1, thread: UInt32? = nil, from begin: Double,
    to end: Double? = nil
  ) -> Int {
    var mark = MarkRecord(
      id: trace.marks.count + 1, process: process, thread: thread, name: name)
    mark.beginTicks = Self.ticks(begin)
    mark.endTicks = end.map(Self.ticks)
    trace.marks.append(mark)
    return mark.id
  }
}
