import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("The last program of a process") struct LastProgramsTests {
  private static func programs(_ pasts: [(id: Int, before: Int?)]) -> LastPrograms {
    LastPrograms(
      pasts.map { id, before in
        var process = TracedProcess(id: id)
        process.how = before == nil ? .fork : .exec
        process.parent = before
        return process
      })
  }

  @Test("It is the end of its chain of execs, from wherever that is entered")
  func chain() {
    let programs = Self.programs([(3, 2), (1, nil), (2, 1), (4, nil)])
    #expect([1, 2, 3, 4].map(programs.program) == [3, 3, 3, 4])
    #expect(programs.program(after: 9) == 9)
  }

  @Test("A circle ends where it was entered, and what no record tells of is no past")
  func circle() {
    let programs = Self.programs([(1, 2), (2, 1), (5, 77)])
    #expect([1, 2, 5].map(programs.program) == [1, 1, 5])
  }

  @Test("A chain of a hundred thousand is gone through once")
  func long() {
    let count = 100_000
    let programs = Self.programs((1...count).map { ($0, $0 == 1 ? nil : $0 - 1) })
    #expect((1...count).allSatisfy { programs.program(after: $0) == count })
  }
}
