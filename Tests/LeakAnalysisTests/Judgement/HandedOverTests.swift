import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("What a process hands over to the program that it goes on as") struct HandedOverTests {
  /// A child, 2, forked at 2 that duplicates `count` by `call`, evenly from `start` to `end`, and
  /// then runs another program: 3, or one that is not traced.
  private func child(
    _ call: String, count: Int = 6, from start: Double = 2.5, to end: Double = 2.6,
    isTraced: Bool = true
  ) -> Scenario {
    var story = Scenario()
    story.process(to: end + 1000)
    story.start(2, by: 1, "fork", how: .fork, at: 2, to: end + 0.1, end: .exec)
    for number in 0..<count {
      let at = start + (end - start) * Double(number) / Double(count)
      story.open(20 + number, in: 2, site: 2, at: at, call: call, kind: .tcp) { $0.source = 5 }
    }
    if isTraced {
      story.start(3, by: 2, "execve", how: .exec, at: end + 0.1, to: end + 900)
    }
    return story
  }

  @Test("What a forked child puts in place for its program is held", arguments: [true, false])
  func placed(isTraced: Bool) {
    let site = child("dup2", isTraced: isTraced).site(2)
    #expect(site.verdict == .held && site.reasons.first == .handedOver(count: 6))
  }

  @Test("Whether the new program still has it is all the same")
  func kept() {
    var story = child("dup2")
    for fd in 20..<26 { story.inherit(fd, from: 2, to: 3, via: .exec) }
    #expect(story.site(2).verdict == .held)
    #expect(story.rows().allSatisfy { !$0.isAccused })
  }

  @Test("So are duplicates under whatever numbers, soon after the fork, but not later")
  func duplicated() {
    #expect(child("fcntl").site(2).verdict == .held)
    #expect(child("fcntl", from: 3000, to: 90_000).site(2).verdict == .leak)
    #expect(child("dup2", from: 3000, to: 90_000).site(2).verdict == .held)
  }

  @Test("What was opened without close-on-exec is no better for an exec")
  func upgrade() {
    var story = Scenario()
    story.process(to: 9000, end: .exec)
    for number in 0..<8 {
      story.open(
        5 + number, at: Double(1000 * number + 1), call: "socket", kind: .tcp
      ) { $0.connect(to: 80) }
    }
    story.start(2, by: 1, "execve", how: .exec, at: 9000, to: 20_000)
    for fd in 5..<13 { story.inherit(fd, from: 1, to: 2, via: .exec) }
    #expect(story.site().verdict == .leak)
  }

  @Test("Who takes FD_CLOEXEC away before the exec hands them over")
  func cleared() {
    var story = Scenario()
    story.process(to: 100, end: .exec)
    for fd in 5..<10 {
      story.open(fd, at: Double(10 * fd), call: "socket", kind: .tcp) { $0.connect(to: 80) }
    }
    story.start(2, by: 1, "execve", how: .exec, at: 100, to: 200)
    #expect(story.site().verdict == .leak)
    story.ring((5..<10).map { RingRecord(kind: .flags, at: 99, call: "fcntl", fd: $0, result: 0) })
    #expect(story.site().verdict == .held)
  }
}
