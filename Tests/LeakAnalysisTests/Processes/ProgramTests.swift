import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Programs of a tree")
struct ProgramTests {
  /// A runner (1) that forks (2, 3), whose children execute tests (4, 5); 4 forks a helper (6).
  private var tree: Scenario {
    var scenario = Scenario()
    scenario.process(1, to: 10_000)
    scenario.start(2, by: 1, "fork", how: .fork, at: 10, to: 20, end: .exec)
    scenario.start(3, by: 1, "fork", how: .fork, at: 15, to: 25, end: .exec)
    scenario.start(4, by: 2, "execve", how: .exec, at: 20, to: 9000)
    scenario.start(5, by: 3, "execve", how: .exec, at: 25, to: 9000)
    scenario.start(6, by: 4, "fork", how: .fork, at: 40, to: 8000)
    return scenario
  }

  @Test("A program is what an exec began, with the children that it forked")
  func partition() {
    #expect(Program.all(in: tree.trace).map(\.processes) == [[1, 2, 3], [4, 6], [5]])
  }

  @Test("Of two runs of one program only the one that leaks is told to")
  func ownVerdicts() throws {
    var story = tree
    for index in 0..<20 {
      story.open(10 + index, in: 4, at: 100 + Double(index) * 200, call: "socket", kind: .tcp)
    }
    story.open(10, in: 5, at: 100, call: "socket", kind: .tcp)
    #expect(story.site().verdict == .leak && story.site().live == 21)

    let analysis = ProgramAnalysis(Analysis(story.trace))
    let findings = analysis.programs.map { analysis.findings(of: $0) }
    #expect(findings.map(\.sites.count) == [0, 1, 1])
    let (leaky, honest) = (try #require(findings[1].sites.first), findings[2].sites[0])
    #expect(leaky.verdict == .leak && leaky.live == 20 && leaky.opened == 20)
    #expect(honest.verdict == .held && honest.live == 1 && honest.opened == 1)
    #expect(findings.map { $0.processes.map(\.id) } == [[1, 2, 3], [4, 6], [5]])
    #expect(findings.map(\.trace.processCount) == [3, 2, 1])
  }

  @Test("What a forked child leaks is its program's")
  func children() {
    var story = tree
    for index in 0..<8 { story.open(20 + index, in: 6, at: 100 + Double(index)) }
    let analysis = ProgramAnalysis(Analysis(story.trace))
    let live = analysis.programs.map { analysis.findings(of: $0).sites.reduce(0) { $0 + $1.live } }
    #expect(live == [0, 8, 0])
  }

  @Test("A program has the marks that it began, or that something of it belongs to")
  func marks() throws {
    var story = tree
    story.trace.marks = [
      MarkRecord(id: 1, process: 1, name: "runner's"), MarkRecord(id: 2, process: 5, name: "own"),
    ]
    story.trace.processes[3].mark = 1
    story.open(10, in: 4, at: 100)
    let analysis = ProgramAnalysis(Analysis(story.trace))
    let findings = analysis.programs.map { analysis.findings(of: $0) }
    #expect(findings.map { $0.marks.map(\.name) } == [["runner's"], ["runner's"], ["own"]])
    #expect(findings[1].processes[0].mark == 0)
    #expect(findings[1].sites[0].marks.map(\.mark) == [0])
  }

  @Test("Wrong closes are told of the program that made them")
  func misuse() {
    var story = tree
    var wrong = MisuseRecord(kind: .closeAgain, process: 5, fds: 7...7)
    wrong.opened.stack = 3
    wrong.closed.stack = 4
    story.trace.misuses = [wrong]
    let analysis = ProgramAnalysis(Analysis(story.trace))
    #expect(analysis.programs.map { analysis.findings(of: $0).misuse.count } == [0, 0, 1])
  }

  @Test("Forks without a known parent are programs of their own")
  func orphans() {
    var story = Scenario()
    story.process(1, to: 10, how: .fork)
    story.process(2, to: 10, how: .fork, parent: 99)
    #expect(Program.all(in: story.trace).map(\.processes) == [[1], [2]])
  }
}
