import LeakAnalysis
import Testing

@testable import Reporting

@Suite("Profiles for pprof") struct PProfRendererTests {
  @Test("A site is a sample for each process that opened there, with its counts and labels")
  func samples() throws {
    let samples = try PProfTool(Sample.report).samples
    #expect(samples.map(\.values) == [[40, 1300], [2, 2], [1, 1], [1, 1]])
    #expect(
      samples[0].labels == [
        "api": "socket", "kind": "tcp", "verdict": "leak", "pid": "790",
        "fingerprint": Sample.leak.fingerprint,
      ])
    #expect(samples[1].locations == samples[2].locations)
    #expect(samples.map { $0.labels["pid"] } == ["790", "790", "812", "790"])
  }

  @Test("What was opened and is closed has a sample, which counts as none open")
  func closed() throws {
    var report = Sample.report
    var site = Report.Site(id: 9)
    site.api = "open"
    site.kind = "file"
    site.opened = 12
    site.closed = 12
    site.byProcess = [.init(process: 1, opened: 12, closed: 12, live: 0)]
    site.stack = Sample.finish
    report.sites = [site]
    let samples = try PProfTool(report).samples
    #expect(samples.map(\.values) == [[0, 12]])
    #expect(samples[0].labels["verdict"] == "clean")
  }

  @Test("An inlined function shares the location of the one that has its code")
  func inlined() throws {
    var report = Sample.report
    report.sites = [Sample.leak]
    let tool = try PProfTool(report)
    let first = try #require(tool.samples[0].locations.first)
    let index = try #require(tool.locations.firstIndex { $0.hasPrefix("\(first): ") })
    #expect(
      tool.locations[index].hasSuffix("0x1390 M=1 new_socket /srv/app/src/client.c:38 s=0"))
    #expect(tool.locations[index + 1] == "dial /srv/app/src/client.c:55 s=0")
    #expect(tool.samples[0].locations.count == Sample.dial.frames.count - 1)
  }

  @Test("Modules are mappings with range and build-id, the program first")
  func mappings() throws {
    var report = Sample.report
    var libc = Report.Module(path: "/lib/x86_64-linux-gnu/libc.so.6", buildID: "c0ffee")
    libc.end = 0x1e1f50
    var server = Report.Module(path: "/srv/app/server", buildID: "c0ffee")
    (server.start, server.end) = (0x1000, 0x4078)
    report.modules = [libc, server]
    #expect(
      try PProfTool(report).mappings == [
        "1: 0x1000/0x4078/0x0 /srv/app/server c0ffee [FN][FL][LN][IN]",
        "2: 0x0/0x1e1f50/0x0 /lib/x86_64-linux-gnu/libc.so.6 c0ffee [FN]",
      ])
  }

  @Test("Modules without symbols say so, and their frames keep their addresses")
  func bare() throws {
    var report = Sample.report
    var site = Sample.held
    site.stack = Report.Stack(frames: [
      Report.StackFrame(function: nil, module: "/opt/vendor/libpool.so.1", offset: 0x1234)
    ])
    report.sites = [site]
    let tool = try PProfTool(report)
    #expect(tool.locations == ["1: 0x1234 M=1"])
    #expect(tool.mappings.map { $0.hasSuffix("/opt/vendor/libpool.so.1") } == [true])
  }

  @Test("Code outside any module has its address and no mapping, 0 too")
  func outside() throws {
    var report = Sample.report
    var site = Sample.held
    site.stack = Report.Stack(frames: [
      Report.StackFrame(function: nil, module: nil, offset: 0x7fff_0000),
      Report.StackFrame(function: nil, module: nil, offset: 0),
      Report.StackFrame(function: nil, module: nil, offset: .max),
    ])
    // In a profile without any mapping pprof makes one up.
    report.sites = [site, Sample.suspect]
    let tool = try PProfTool(report)
    #expect(tool.samples[0].locations == [1, 2, 3])
    #expect(tool.locations.prefix(3) == ["1: 0x7fff0000", "2: 0x0", "3: 0xffffffffffffffff"])
  }

  @Test(
    "A stack that is not whole ends in a frame that says so",
    arguments: zip(
      [Report.Stack.End.cut, .broken, .missing],
      ["[stack cut]", "[stack broken]", "[stack missing]"]
    ))
  func incomplete(end: Report.Stack.End, name: String) throws {
    var report = Sample.report
    var site = Sample.held
    site.stack.end = end
    if end == .missing { site.stack.frames = [] }
    report.sites = [site]
    let tool = try PProfTool(report)
    let last = try #require(tool.samples[0].locations.last)
    #expect(tool.location(last)?.contains(name) == true)
  }

  @Test("Time, duration and the words of the report are in it")
  func facts() throws {
    let tool = try PProfTool(Sample.report)
    #expect(tool.lines.contains("Time: 2026-03-01 12:30:05.25 +0000 UTC"))
    #expect(tool.lines.contains("Duration: 12.4"))
    #expect(tool.lines.contains("open_fds/count[dflt] opened_fds/count"))
    #expect(tool.comments.first == Narrative(Sample.report).headline)
  }

  @Test("An empty report is an empty profile")
  func empty() throws {
    let tool = try PProfTool(Report(trace: Report.TraceSummary(path: "trace.bin")))
    #expect(tool.samples.isEmpty && tool.locations.isEmpty)
    #expect(tool.comments.first == "No leak.")
  }

  @Test("Text from a trace is escaped, and numbers beyond a profile's are its highest")
  func hostile() throws {
    let tool = try PProfTool(Hostile.report)
    let text = tool.lines.joined()
    #expect(!text.unicodeScalars.contains(where: VisibleText.isUnsafe))
    #expect(text.contains(#"owned\u{7}"#))
    #expect(tool.samples.map(\.values) == [[1, 1]])

    var report = Hostile.report
    report.sites[0].byProcess = [.init(process: 99, opened: .max, closed: 0, live: .max)]
    let highest = try PProfTool(report).samples
    #expect(highest.map(\.values) == [[.max, .max]])
    #expect(highest[0].labels["pid"] == nil)
  }
}
