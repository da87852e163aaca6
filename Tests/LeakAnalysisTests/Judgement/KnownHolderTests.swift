import Testing

@testable import LeakAnalysis
@testable import Suppressions
@testable import TraceModel

@Suite("Known holders")
struct KnownHolderTests {
  @Test("The list that is compiled in can be read, and tells why for each")
  func builtIn() throws {
    let parsed = try SuppressionFile.parse(PackageResources.known_holders_supp, file: "f")
    #expect(
      parsed
        == KnownHolders.builtIn.all.map {
          var holder = $0; holder.file = "f"; return holder
        })
    #expect(parsed.count > 10)
    #expect(Set(parsed.map(\.name)).count == parsed.count)
    for holder in parsed {
      #expect(holder.reason != nil || holder.releaser != nil, "\(holder.name)")
    }
  }

  private var log: Scenario {
    var story = Scenario()
    story.process(to: 100)
    story.trace.calls.append("__syslog_chk")
    let number = UInt16(story.trace.calls.count - 1)
    story.open(3, at: 50, kind: .unix) {
      $0.owner = .libc
      $0.call = number
    }
    return story
  }

  @Test("They are held by name, and judged as anything else when switched off")
  func switchedOff() {
    let known = Analysis(log.trace).findings.sites.first { $0.live == 1 }
    #expect(known?.reasons == [.libcKeeps(purpose: "the system log", releaser: "closelog")])
    let other = Analysis(log.trace, holders: .none).findings.sites.first { $0.live == 1 }
    #expect(other?.reasons == [.single])
  }

  @Test("A call of libc's that the program itself keeps is judged as anything else")
  func owner() {
    var story = log
    story.trace.processes[0].descriptors[0].owner = .raw
    #expect(Analysis(story.trace).findings.sites.first { $0.live == 1 }?.reasons == [.single])
  }

  @Test("A holder without a releaser is told with its reason")
  func reason() {
    var story = Scenario()
    story.process(to: 100)
    story.open(3, at: 50) { $0.name("/var/lib/sss/mc/passwd") }
    let site = story.findings.sites.first { $0.live == 1 }
    #expect(site?.verdict == .held)
    #expect(site?.reasons.map(\.code) == ["known_holder"])
  }
}
