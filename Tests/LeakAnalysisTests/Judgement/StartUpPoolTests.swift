import LeakAnalysis
import Testing

@testable import TraceModel

@Suite("What a program opens as it starts, and works with")
struct StartUpPoolTests {
  /// Eight that come one after the other from `start` on, within a millisecond.
  private func story(
    _ kind: DescriptorKind = .epoll, call: String = "open", from start: Double = 2,
    to end: Double = 4000, _ change: (Int, inout Descriptor) -> Void = { _, _ in }
  ) -> Scenario {
    var story = Scenario()
    story.process(to: end)
    for fd in 3..<11 {
      story.open(fd, at: start + Double(fd) / 10, call: call, kind: kind) { change(fd, &$0) }
    }
    return story
  }

  @Test(
    "One burst, and seconds without more, is suspect whatever it is of",
    arguments: [DescriptorKind.pipe, .eventfd, .epoll, .memfd, .udp, .unix])
  func kinds(kind: DescriptorKind) {
    let site = story(kind).site()
    #expect(site.verdict == .suspect && site.reasons.map(\.code) == ["burst"])
  }

  @Test("The program has to go on for a second, and for ten times as long as its start took")
  func rest() {
    #expect(story(to: 1003.1).site().verdict == .suspect)
    #expect(story(to: 1002.9).site().verdict == .leak)
    #expect(story(from: 399).site().verdict == .leak)
    #expect(story(from: 300).site().verdict == .suspect)
  }

  @Test("One more of the site, be it closed by now, begins the rest anew")
  func more() {
    var late = story()
    late.open(20, at: 3500, kind: .epoll)
    #expect(late.site().verdict == .leak)
  }

  @Test("Files are believed by names of their own", arguments: [DescriptorKind.file, .dir])
  func names(kind: DescriptorKind) {
    #expect(story(kind) { $1.name("/srv/\($0)") }.site().verdict == .suspect)
    #expect(story(kind) { $1.name("/srv/\($0 / 2)") }.site().verdict == .leak)
    #expect(story(kind) { $1.name("/dev/null") }.site().verdict == .leak)
    #expect(story(kind).site().verdict == .leak)
  }

  @Test("Sockets are, where they are connected or nobody looked, and pipes that lead somewhere")
  func ends() {
    #expect(story(.tcp).site().verdict == .leak)
    #expect(story(.tcp) { $1.connect(to: 80) }.site().verdict == .suspect)
    #expect(story(.tcp) { $1.connect(to: 80, state: 5) }.site().verdict == .leak)
    #expect(story(.tcp) { $1.flags.insert(.connected) }.site().verdict == .suspect)
    #expect(story(.tcp) { $1.listen(on: UInt16(40_000 + $0)) }.site().verdict == .suspect)
    for kind in [DescriptorKind.pipe, .unix] {
      #expect(story(kind) { $1.find(otherEnd: true) }.site().verdict == .suspect)
      #expect(story(kind) { $1.find(otherEnd: false) }.site().verdict == .leak)
    }
  }

  @Test("Who accepted connections that are over did not open them for itself")
  func accepted() {
    #expect(story(.tcp, call: "accept4") { $1.connect(to: 80, state: 5) }.site().verdict == .leak)
  }

  @Test("What fills the process to its limit is no pool")
  func limit() {
    var story = story()
    story.trace.processes[0].limitHit = .init(ticks: Scenario.ticks(5), stack: 3, call: 1)
    #expect(story.site().verdict == .leak)
  }

  @Test("Nor is what a test opened that is over")
  func mark() {
    var (over, lasting) = (story(), story())
    over.mark("test", from: 1, to: 10)
    lasting.mark("serve", from: 1, to: nil)
    #expect(over.site().verdict == .leak && lasting.site().verdict == .suspect)
    // Who reads it may know that it is a cache.
    #expect(over.site().reasons.map(\.code).contains("mark_ended"))
  }
}
