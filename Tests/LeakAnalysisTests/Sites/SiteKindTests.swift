import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("What the descriptors of a site are") struct SiteKindTests {
  private func kind(_ kinds: [DescriptorKind]) -> DescriptorKind {
    var story = Scenario()
    story.process(to: 1000)
    for (number, kind) in kinds.enumerated() {
      story.open(5 + number, at: Double(number) * 100, call: "fcntl", kind: kind)
    }
    return story.site().kind
  }

  @Test("One that moves whatever it is given is of no kind by the first that it got")
  func mixed() {
    #expect(kind([.tcp, .file, .file]) == .other)
    #expect(kind([.tcp, .file, .tcp]) == .other)
    #expect(kind([.file, .file]) == .file)
  }

  @Test("What is not known says nothing against the others")
  func unknown() {
    #expect(kind([.unknown, .file]) == .file)
    #expect(kind([.file, .unknown]) == .file)
    #expect(kind([.unknown, .unknown]) == .unknown)
  }
}
