import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("What a process went on doing")
struct WorkTests {
  /// Twelve opened in the first 11 ms; then so many others in the rest of the second.
  private func story(
    work: Int, kind: DescriptorKind = .tcp, _ change: (Int, inout Descriptor) -> Void
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<15 {
      story.open(fd, at: Double(fd), kind: kind) { change(fd, &$0) }
    }
    story.trace.processes[0].opened = 12
    story.work(work, from: 20, to: 990)
    return story
  }

  @Test("A pool that long work did not add to is suspect, and short work proves nothing")
  func pool() {
    let long = story(work: 150) { $1.connect(to: 5432) }.site()
    #expect(long.verdict == .suspect && long.reasons.first?.code == "burst")
    // Of these nobody asked the kernel.
    #expect(story(work: 90) { $1.connect(to: 5432, state: 0) }.site().verdict == .leak)
  }

  @Test("Ten times as much work as until then is asked for")
  func share() {
    var story = story(work: 150) { $1.connect(to: 5432, state: 0) }
    story.work(20, from: 1, to: 2)
    #expect(story.site().verdict == .leak)
  }

  @Test("Files are believed by names of their own, and sockets when connected")
  func parts() {
    #expect(story(work: 500, kind: .file) { $1.name("/db/\($0)") }.site().verdict == .suspect)
    #expect(story(work: 500, kind: .file) { $1.name("/db/same") }.site().verdict == .leak)
    #expect(story(work: 500) { _, _ in }.site().verdict == .leak)
    #expect(story(work: 500, kind: .memfd) { _, _ in }.site().verdict == .leak)
    #expect(story(work: 500, kind: .epoll) { _, _ in }.site().verdict == .suspect)
  }

  @Test("A pool that grew over much of the time is suspect, too, when work outweighs it")
  func grown() {
    var story = Scenario()
    story.process(to: 1000)
    for fd in 3..<15 {
      story.open(fd, at: Double(fd - 2) * 40, kind: .tcp) { $0.connect(to: 5432) }
    }
    #expect(story.site().verdict == .leak)
    story.work(400, from: 500, to: 990)
    #expect(story.site().verdict == .suspect)
  }

  @Test("The first files of a cache, of names of their own, may be what everybody asks for")
  func popular() {
    for (name, verdict) in [("/db/", Verdict.suspect), ("", .leak)] {
      var story = Scenario()
      story.process(to: 20_000)
      for fd in 3..<10 {
        story.open(fd, at: 1 + Double(fd) / 1000) { $0.name(name.isEmpty ? "/x" : "\(name)\(fd)") }
      }
      story.churn(1000, from: 2, to: 19_999, life: 0.01)
      #expect(story.site().verdict == verdict)
    }
  }

  // MARK: threads

  /// One in each of `threads`, evenly from `start` to `end`.
  private func story(
    threads: Int, kind: DescriptorKind, from start: Double, to end: Double
  ) -> Scenario {
    var story = Scenario()
    story.process(to: 1000)
    for index in 0..<threads {
      let at = start + (end - start) * Double(index) / Double(threads - 1)
      story.open(3 + index, at: at, kind: kind, thread: UInt32(100 + index)) { $0.name("/x") }
    }
    return story
  }

  @Test("One for each of many threads that all go on is held, whatever it is")
  func threadsLive() {
    var story = story(threads: 8, kind: .file, from: 10, to: 500)
    #expect(story.site().verdict == .leak)
    for thread in 0..<8 { story.work(1, thread: UInt32(100 + thread), from: 600, to: 600) }
    #expect(story.site().verdict == .held)
    #expect(story.site().reasons == [.onePerThread(threads: 8)])
  }

  @Test("One for each of a few threads that all go on is suspect", arguments: [3, 4])
  func fewThreadsLive(threads: Int) {
    var story = story(threads: threads, kind: .file, from: 10, to: 500)
    #expect(story.site().verdict == .leak)
    for thread in 0..<threads { story.work(1, thread: UInt32(100 + thread), from: 600, to: 600) }
    #expect(story.site().verdict == .suspect)
    #expect(story.site().reasons == [.onePerThread(threads: threads)])
  }

  @Test("One of them that did nothing more may have gone")
  func threadGone() {
    var story = story(threads: 8, kind: .file, from: 10, to: 500)
    for thread in 1..<8 { story.work(1, thread: UInt32(100 + thread), from: 600, to: 600) }
    #expect(story.site().verdict == .leak)
  }

  @Test("One for each of silent threads that came at once is suspect")
  func silentThreads() {
    #expect(story(threads: 8, kind: .file, from: 10, to: 20).site().verdict == .suspect)
  }

  @Test("Loop objects of threads that came over time: held, suspect, leak", arguments: [4, 8, 20])
  func loops(threads: Int) {
    let verdict = story(threads: threads, kind: .epoll, from: 10, to: 900).site().verdict
    #expect(verdict == [4: .held, 8: .suspect, 20: .leak][threads])
  }
}
