import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("Streams of children") struct StreamTests {
  private struct Child {
    var at: Double
    var end: Double?
  }

  /// Has `each` pipes for each of the children made `before` it, and closes the child's ends. All
  /// later children get them, too.
  private func story(
    _ children: [Child], each: Int = 3, before: Double = 1, to end: Double? = 5000
  ) -> Scenario {
    var story = Scenario()
    story.process(to: end)
    for (number, child) in children.enumerated() {
      let at = child.at - before
      for stream in 0..<each {
        let moment = at + Double(stream) * 0.1
        story.churn(1, from: moment, to: moment, life: 1.5, call: "pipe2", kind: .pipe)
        story.open(5 + each * number + stream, at: moment, call: "pipe2", kind: .pipe)
      }
      story.start(2 + number, by: 1, "fork", how: .fork, at: child.at, to: child.end)
      for fd in 5..<5 + each * (number + 1) { story.inherit(fd, from: 1, to: 2 + number) }
    }
    return story
  }

  private func children(_ count: Int, every ms: Double = 500, end: Double? = nil) -> [Child] {
    (0..<count).map { Child(at: 10 + Double($0) * ms, end: end) }
  }

  @Test("Three for each child that goes on are its input, output and errors, whenever it came")
  func three() {
    for end: Double? in [5000, nil] {
      let site = story(children(8), to: end).site()
      #expect(site.verdict == .held && site.reasons == [.channelToChild(count: 24)])
    }
  }

  @Test("Four are more than it can use")
  func four() {
    #expect(story(children(8), each: 4).site().verdict == .leak)
  }

  @Test("Nor are those its streams that were there long before it came")
  func early() {
    let late = (0..<8).map { Child(at: 1100 + Double($0) * 400, end: nil) }
    #expect(story(late, before: 1001).site().verdict == .leak)
  }

  @Test("Others that were closed say nothing of them")
  func others() {
    var story = story(children(8))
    story.churn(60, from: 20, to: 4900, life: 2, call: "pipe2", kind: .pipe)
    #expect(story.site().reasons == [.channelToChild(count: 24)])
  }

  @Test("Who ends in order has ended its children before, but not for long")
  func ended() {
    let site = story(children(8, end: 4900)).site()
    #expect(site.verdict == .held && site.reasons == [.channelToChild(count: 24)])
    #expect(story(children(8, end: 3900)).site().verdict == .leak)
    // In a short run a second is long.
    #expect(story(children(3, every: 50, end: 130), to: 300).site().verdict == .leak)
  }

  @Test("Those of children that came and went are leaked, and the living ones' are set apart")
  func mixed() {
    let gone = (0..<8).map { Child(at: 10 + Double($0) * 500, end: 20 + Double($0) * 500) }
    let site = story(gone + [Child(at: 4500, end: nil)]).site()
    #expect(site.verdict == .leak && site.byProcess.map(\.apart) == [3])
    #expect(site.reasons.first?.code == "growth")
    #expect(site.reasons.last == .channelToChild(count: 3))
    #expect(!site.reasons.contains { $0.code == "outlives_siblings" }, "none was closed whole")
  }

  /// Eight pipes, after each of which a child is forked that goes on as a program which stays;
  /// `change` is what becomes of the child's copy before that.
  private func programs(
    duplicate: Bool = false, _ change: (inout Descriptor) -> Void
  ) -> Verdict {
    var story = Scenario()
    story.process(to: 5000)
    for number in 0..<8 {
      let (fd, child, at) = (5 + number, 2 + 2 * number, 10 + Double(number) * 500)
      story.open(fd, at: at - 1, call: "pipe2", kind: .pipe)
      story.start(child, by: 1, "fork", how: .fork, at: at, to: at + 1, end: .exec)
      story.inherit(fd, from: 1, to: child, as: fd) {
        $0.object = UInt32(child)
        change(&$0)
      }
      if duplicate {
        story.open(0, in: child, site: 2, at: at + 0.5, call: "dup2", kind: .pipe) {
          $0.object = UInt32(child)
          $0.source = fd
        }
      }
      story.start(child + 1, by: child, "execve", how: .exec, at: at + 1, to: nil)
    }
    return story.site().verdict
  }

  @Test("What an exec closes was not made for the program that is started")
  func closedByExec() {
    #expect(programs { $0.flags = .closeOnExec } == .leak)
    #expect(programs { $0.flags = [] } == .held)
    #expect(programs(duplicate: true) { $0.flags = .closeOnExec } == .held)
    #expect(programs(duplicate: true) { $0.state = .closed } == .held)
  }

  @Test("One child's own end says nothing of the pipes of commands in a short run")
  func commands() {
    let each = (0..<8).map { Child(at: 10 + Double($0) * 5, end: 12 + Double($0) * 5) }
    #expect(story(each, each: 1, to: 60).site().verdict == .leak)
  }

  /// What asks process 2, which it started and told nothing else, for eight children, and has
  /// `each` pipes for each: the other ends come to 2 in a message, that long `before` the fork.
  private func forkServer(
    each: Int = 2, before: Double = 1, sender: Int = 1001, end: Double? = nil
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 5000)
    story.start(2, by: 1, "fork", how: .fork, at: 2, to: nil)
    for number in 0..<8 {
      let at = 1100 + Double(number) * 450
      let fds = (0..<each).map { 5 + each * number + $0 }
      for fd in fds {
        let moment = at - before - 1 - Double(fd) * 0.001
        story.churn(1, from: moment, to: moment, life: 1.5, call: "pipe2", kind: .pipe)
        story.open(fd, at: moment, call: "pipe2", kind: .pipe)
        story.open(fd, in: 2, site: 2, at: at - before, call: "open", kind: .pipe) {
          $0.sender = sender
        }
      }
      story.start(3 + number, by: 2, "fork", how: .fork, at: at, to: end)
      for fd in fds { story.inherit(fd, from: 2, to: 3 + number) }
    }
    return story
  }

  @Test("So are those of children that a fork server made, right after it was sent their ends")
  func served() {
    let site = forkServer().site()
    #expect(site.verdict == .held && site.reasons == [.channelToChild(count: 16)])
    #expect(forkServer(each: 4).site().verdict == .leak)
    #expect(forkServer(before: 1001).site().verdict == .leak)
    #expect(forkServer(sender: 999).site().verdict == .leak, "somebody else asked for them")
    #expect(forkServer(end: 4500).site().verdict == .leak, "they have ended")
  }

  @Test("A pid that came again is of the latest process that had it")
  func servedAgain() {
    var story = forkServer()
    story.process(20, from: 1, to: 1.5)
    story.trace.processes[story.trace.processes.count - 1].pid = 1001
    // Its program went on as another, which asks.
    story.trace.processes[0].startTicks = Scenario.ticks(1.6)
    #expect(story.site().verdict == .held)
  }
}
