import SeededRandom
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Who came from whom") struct DescentTests {
  private func processes(_ parents: [Int?]) -> [TracedProcess] {
    parents.enumerated().map { index, parent in
      var process = TracedProcess(id: index + 1)
      process.parent = parent
      return process
    }
  }

  @Test("Places of two processes meet where a walk leads from one to the other", arguments: 0..<20)
  func againstWalk(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let parents = (1...40).map { id in
      id == 1 || Int.random(in: 0..<8, using: &random) == 0
        ? nil : Int.random(in: max(1, id - 6)..<id, using: &random)
    }
    let descent = Descent(processes(parents))
    func isBelow(_ id: Int, _ other: Int) -> Bool {
      sequence(first: id) { parents[$0 - 1] }.contains(other)
    }
    for a in 1...40 {
      for b in 1...40 {
        let (first, second) = try (#require(descent.place(of: a)), #require(descent.place(of: b)))
        #expect(
          first.overlaps(second) == (isBelow(a, b) || isBelow(b, a)), "seed \(seed), \(a), \(b)")
      }
    }
  }

  @Test("Who has a parent that is not there came from nobody")
  func orphans() {
    let descent = Descent(processes([nil, 9, 2]))
    #expect(descent.place(of: 1) == 0..<1 && descent.place(of: 2) == 1..<3)
    #expect(descent.place(of: 3) == 2..<3 && descent.place(of: 9) == nil)
  }
}
