import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Descriptors that keep numbers busy") struct PlaceholderTests {
  private func site(
    of path: String = "/dev/null", by call: String = "dup", every ms: Double = 0.01,
    to end: Double = 2000, _ change: (inout Scenario) -> Void = { _ in }
  ) -> SiteFinding {
    var story = Scenario()
    story.process(to: end)
    for number in 0..<6 {
      story.open(4 + number, at: 10 + Double(number) * ms, call: call) {
        $0.name(path)
        if call != "open" { $0.source = 3 }
      }
    }
    change(&story)
    return story.site()
  }

  @Test(
    "Duplicates of the null device that were made at once are held", arguments: ["dup", "dup2"])
  func atOnce(call: String) {
    let site = site(by: call)
    #expect(site.verdict == .held)
    #expect(site.reasons.first?.code == "start_up")
    #expect(self.site(of: "/dev/zero", by: call).verdict == .held)
  }

  @Test("Those that are made in the work, or of what can be read, are judged like others")
  func work() {
    #expect(site(every: 150).verdict == .leak)
    #expect(site(of: "/etc/passwd").verdict == .leak)
    #expect(site { $0.churn(1, from: 20, to: 20, life: 500, call: "dup") }.verdict == .suspect)
  }

  @Test("Right before the end, or many, they may be a loop's")
  func loop() {
    #expect(site(to: 1000).verdict == .leak)
    #expect(
      site { story in
        for fd in 10..<30 {
          story.open(fd, at: 10.1 + Double(fd) / 100, call: "dup") {
            $0.name("/dev/null")
            $0.source = 3
          }
        }
      }.verdict == .leak)
  }

  @Test("Opened they are a pool like any other, though they have one name, once the rest is long")
  func opened() {
    #expect(site(by: "open").verdict == .leak)
    #expect(site(by: "open", to: 40_000).verdict == .held)
    #expect(site(of: "/etc/passwd", by: "open", to: 40_000).verdict == .leak)
  }
}
