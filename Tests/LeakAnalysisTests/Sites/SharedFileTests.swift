import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Descriptors that share an open file") struct SharedFileTests {
  /// A listener at site 1 on a chosen port, and duplicates of it at sites 2 and 3.
  private func story(_ duplicates: Int, originalIsOpen: Bool = true) -> Scenario {
    var story = Scenario()
    story.process(to: 10_000)
    story.open(5, site: 1, at: 1, call: "socket", kind: .tcp) {
      $0.listen(on: 8080)
      $0.object = 4
      if !originalIsOpen { $0.state = .closed }
    }
    for fd in 10..<10 + duplicates {
      story.open(
        fd, site: fd % 2 == 0 ? 2 : 3, at: Double(fd) * 40, call: "dup", kind: .tcp
      ) {
        $0.listen(on: 8080)
        $0.source = 5
        $0.object = 4
      }
    }
    return story
  }

  @Test("Two hundred duplicates at two sites are one open file at each, and name one another")
  func twoSites() {
    let story = story(200)
    let (first, second, original) = (story.site(2), story.site(3), story.site(1))
    #expect((first.live, first.objects) == (100, 1))
    #expect((second.live, second.objects) == (100, 1))
    #expect(first.sharing?.descriptors == 201 && first.sharing?.original == original.id)
    #expect(
      first.sharing?.others == [
        .init(site: second.id, count: 100), .init(site: original.id, count: 1),
      ])
    #expect(original.sharing?.original == nil && original.objects == 1)
    #expect(first.reasons.contains(.duplicates(count: 100, objects: 1)))
    #expect(!original.reasons.contains { $0.code == "duplicates" })
  }

  @Test("Duplicates of a listener are no service, as one descriptor of it is")
  func verdicts() {
    let story = story(200)
    #expect(story.site(1).verdict == .held)
    #expect(story.site(2).verdict == .leak && story.site(3).verdict == .leak)
    // Two copies of one are what a server may keep on purpose.
    #expect(self.story(4).site(2).verdict == .held)
  }

  @Test("Where the original was closed, the duplicates still name it")
  func closedOriginal() {
    let story = story(200, originalIsOpen: false)
    #expect(story.site(2).sharing?.descriptors == 200)
    #expect(story.site(2).sharing?.original == story.site(1).id)
    #expect(story.site(2).sharing?.others == [.init(site: story.site(3).id, count: 100)])
  }

  @Test("Where the original's number was used again, the oldest duplicate stands for it")
  func lostOriginal() {
    var story = Scenario()
    story.process(to: 100)
    story.open(5, site: 9, at: 50)
    story.open(6, site: 1, at: 1, call: "dup") {
      $0.source = 5; $0.object = 2
    }
    story.open(7, site: 2, at: 2, call: "dup") {
      $0.source = 6; $0.object = 2
    }
    #expect(story.site(2).sharing?.original == story.site(1).id)
    #expect(story.site(1).sharing?.original == nil)
  }

  @Test("Duplicates of several files are counted as such")
  func severalFiles() {
    var story = Scenario()
    story.process(to: 100)
    for fd in 3..<9 { story.open(fd, at: Double(fd)) { $0.object = UInt32(fd / 3) } }
    story.open(9, at: 9)
    #expect(story.site().objects == 3 && story.site().sharing == nil)
    #expect(story.site().reasons.contains(.duplicates(count: 7, objects: 3)))
  }

  @Test("What was never duplicated shares nothing")
  func plain() {
    var story = Scenario()
    story.process(to: 100)
    for fd in 3..<9 { story.open(fd, at: Double(fd)) }
    #expect(story.site().objects == 6 && story.site().sharing == nil)
    #expect(!story.site().reasons.contains { $0.code == "duplicates" })
  }
}
