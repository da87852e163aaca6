import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Listeners that a program was started with, and serves") struct ServedListenerTests {
  private func causes(_ change: (inout Scenario) -> Void) -> [InheritanceAudit.Cause] {
    var story = Scenario.server()
    change(&story)
    return story.rows().map(\.handles[0].cause)
  }

  @Test("Who accepts connections and opened no listener was given the one that it has")
  func accepts() {
    #expect(causes { _ in } == [.neverSet])
    #expect(
      causes { $0.churn(3, in: 2, site: 2, from: 5, to: 20, life: 1, call: "accept4", kind: .tcp) }
        == [.passed])
  }

  @Test("A forked worker accepts for its program")
  func worker() {
    let found = causes {
      let worker = $0.process(3, from: 4, to: nil, how: .fork, parent: 2)
      $0.inherit(5, from: 2, to: worker)
      $0.churn(3, in: 3, site: 2, from: 5, to: 20, life: 1, call: "accept4", kind: .tcp)
    }
    #expect(!found.isEmpty && found.allSatisfy { $0 == .passed })
  }

  @Test("Who has a listener of its own accepts on that, for all that is known")
  func ownListener() {
    let found = causes {
      $0.churn(3, in: 2, site: 2, from: 5, to: 20, life: 1, call: "accept4", kind: .tcp)
      $0.open(6, in: 2, site: 3, at: 4, call: "socket", kind: .tcp) { $0.listen(on: 9090) }
    }
    #expect(found == [.neverSet])
  }

  @Test("Programs that serve it excuse those between them and above and below, and no others")
  func relatives() {
    let found = causes {
      for (program, parent) in [(3, 1), (4, 1), (5, 2), (6, 5)] {
        $0.start(program, by: parent, "posix_spawn", how: .spawn, at: 3, to: nil)
        $0.inherit(5, from: parent, to: program, via: .exec)
      }
      for server in [4, 5] {
        $0.churn(3, in: server, site: 2, from: 5, to: 20, life: 1, call: "accept4", kind: .tcp)
      }
    }
    // All but 3, which stands right between 6 and 4.
    #expect(found.count { $0 == .passed } == 4 && found.count == 5)
  }

  @Test("What serves it excuses no other program that keeps it")
  func sibling() {
    let found = causes {
      $0.churn(3, in: 2, site: 2, from: 5, to: 20, life: 1, call: "accept4", kind: .tcp)
      $0.start(3, by: 1, "posix_spawn", how: .spawn, at: 3, to: nil)
      $0.inherit(5, from: 1, to: 3, via: .exec)
    }
    #expect(Set(found.map(\.code)).count == 2)
  }
}
