import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Listening unix sockets")
struct UnixListenerTests {
  /// Opens one listener for each name, from `start` to `end` of a life of 1000 ms.
  private func story(
    _ names: [String], _ state: DescriptorDetail.UnixState, from start: Double = 1,
    to end: Double
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 1000)
    for (index, name) in names.enumerated() {
      let at = start + (end - start) * Double(index) / Double(max(names.count - 1, 1))
      story.open(3 + index, at: at, call: "socket", kind: .unix) { $0.listen(at: name, state) }
    }
    return story
  }

  private static let numbered = (0..<8).map { "/run/app-\($0).sock" }
  private static let same = [String](repeating: "/run/app.sock", count: 8)

  @Test("The state tells of the name, not that it listens")
  func states() {
    for state in [DescriptorDetail.UnixState.bound, .unlinked, .abstract] {
      let fd = story(["/run/app.sock"], state, to: 1).site().fds[0]
      #expect(fd.state == state.rawValue && fd.isListening)
    }
    var unseen = Scenario()
    unseen.process(to: nil)
    unseen.open(3, at: 1, call: "socket", kind: .unix) { $0.flags.insert(.listening) }
    #expect(unseen.site().fds[0].state == "LISTEN")
  }

  @Test("One at each reload is growth, whatever became of its path")
  func reloads() {
    let stories = [
      story(Self.same, .unlinked, to: 900), story(Self.same, .bound, to: 900),
      story(Self.numbered, .bound, to: 900), story(["@a", "@b", "@c"], .abstract, to: 900),
    ]
    for story in stories {
      #expect(story.site().verdict == .leak)
      #expect(story.site().reasons.first?.code == "growth")
    }
  }

  @Test("Five until the end are growth, however late the first one came")
  func late() {
    #expect(story(Self.numbered, .bound, from: 900, to: 990).site().verdict == .leak)
    let few = Array(Self.numbered.prefix(4))
    #expect(story(few, .bound, from: 900, to: 990).site().verdict == .held)
  }

  @Test("Of a process that idles after start-up, or was killed then, nothing is known")
  func noEnd() {
    for (minutes, verdict) in [(0.001, Verdict.held), (10, .leak)] {
      var story = Scenario()
      story.process(to: nil)
      for (index, name) in Self.numbered.enumerated() {
        story.open(3 + index, at: Double(index) * minutes * 60_000, call: "socket", kind: .unix) {
          $0.listen(at: name)
        }
      }
      #expect(story.site().verdict == verdict)
    }
  }

  @Test("Those that nobody can reach need not be spread over the run")
  func unreachable() {
    #expect(story(Self.same, .unlinked, to: 5).site().verdict == .leak)
    #expect(story(Self.numbered, .unlinked, to: 5).site().verdict == .leak)
    // The path is there: it is the last one's.
    #expect(story(Self.same, .bound, to: 5).site().verdict == .leak)
  }

  @Test("Children that got them by fork do not make them channels")
  func forked() {
    var story = story(Self.same, .unlinked, to: 900)
    let child = story.process(2, from: 950, to: 990, how: .fork, parent: 1)
    for fd in 3..<11 { story.inherit(fd, from: 1, to: child) }
    #expect(story.site().verdict == .leak)
  }

  @Test("Some with addresses of their own, opened at start-up, are a service")
  func service() {
    let stories = [
      story(Array(Self.numbered.prefix(3)), .bound, to: 5), story(Self.numbered, .bound, to: 5),
      story(["@a", "@b", "@c"], .abstract, to: 5),
      // Unlinked at shutdown, or taken over from a run before.
      story(["/run/app.sock", "/run/control.sock"], .unlinked, to: 5),
      story(["/run/app.sock", "/run/app.sock"], .bound, to: 900),
    ]
    for story in stories {
      #expect(story.site().verdict == .held)
      #expect(story.site().reasons == [.listener(count: story.site().live)])
    }
  }
}
