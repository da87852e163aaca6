@testable import LeakAnalysis
@testable import TraceModel

extension Scenario {
  /// A server, 1, that opens a listener as fd 5 and starts another program, 2.
  static func server(endsAt end: Double? = 50, childEndsAt: Double? = nil) -> Scenario {
    var story = Scenario()
    story.process(to: end)
    story.open(5, site: 1, at: 1, call: "socket", kind: .tcp) { $0.listen(on: 8080) }
    story.start(2, by: 1, "posix_spawn", how: .spawn, at: 2, to: childEndsAt)
    story.inherit(5, from: 1, to: 2, via: .exec)
    return story
  }

  /// The rows of its audit; `running` are the processes that the caller knows to be alive.
  func rows(running: Set<Int> = []) -> [InheritanceAudit.Row] {
    Analysis(trace, running: running).findings.inheritance.rows
  }
}
