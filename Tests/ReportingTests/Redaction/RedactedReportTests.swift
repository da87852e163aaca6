import LeakAnalysis
import Testing

@testable import Reporting

@Suite("Redacted reports") struct RedactedReportTests {
  private static let key = RedactionKey(low: 1, high: 2)

  private func redacted(_ scope: RedactionScope, _ report: Report = Sample.report) -> Report {
    Redaction(scope, key: Self.key).redacted(report)
  }

  @Test("Counts, verdicts and what is looked at first stay")
  func facts() {
    let report = redacted(.all)
    #expect(report.sites.map(\.verdict) == Sample.report.sites.map(\.verdict))
    #expect(report.sites.map(\.live) == Sample.report.sites.map(\.live))
    #expect(report.sites.map(\.stack.focusIndex) == Sample.report.sites.map(\.stack.focusIndex))
    #expect(
      report.sites[0].stack.frames.map(\.function)
        == Sample.dial.frames.map(\.function))
    #expect(report.sites[0].stack.frames.map(\.line) == Sample.dial.frames.map(\.line))
    #expect(report.sites[0].fds.map(\.fd) == Sample.leak.fds.map(\.fd))
  }

  @Test("Sentences speak of what is left, in the same words")
  func sentences() {
    let report = redacted(.paths)
    let client = report.sites[0].stack.frames[0].file?.split(separator: "/").last ?? "?"
    #expect(client.wholeMatch(of: /p-[0-9a-f]{10}\.c/) != nil)
    for (site, old) in zip(report.sites, Sample.report.sites) {
      #expect(site.reasons.map(\.code) == old.reasons.map(\.code))
      #expect(site.reasons.count == old.reasons.count)
      #expect(site.advice.count == old.advice.count)
    }
    #expect(
      report.sites[0].advice == [
        "Call close() when connect() fails with ECONNREFUSED, in dial at \(client):58, as is done"
          + " for the others in finish at \(client):99."
      ])
    #expect(
      report.sites[0].reasons[0].text
        == "The last thing that happened to 38 of 40 was that connect() failed with ECONNREFUSED"
        + " in dial at \(client):58.")
    #expect(report.inheritance[0].handles[0].advice?.contains("src/server.c") == false)
    #expect(report.inheritance[0].handles[0].advice?.hasPrefix("Use SOCK_CLOEXEC in") == true)
  }

  @Test("A report tells that it is redacted, and where names are not to be taken for names")
  func told() {
    let narrative = Narrative(redacted([.paths, .hosts]))
    #expect(
      narrative.context.contains(
        "Redacted: paths and hosts. Equal pseudonyms stand for equal names."))
    #expect(JSONRenderer().render(redacted(.hosts)).contains("\"redacted\" : [\n    \"hosts\""))
  }

  @Test("A process is named alike wherever it is told of")
  func processes() {
    for scope in [RedactionScope.paths, .arguments, .all] {
      let report = redacted(scope)
      for (kept, old) in zip(report.inheritance, Sample.report.inheritance) {
        let holder = report.processes.first { $0.id == old.holder.process }
        #expect(kept.holder.name == holder?.name)
      }
      let opener = report.processes[2].inherited.compactMap(\.opener).first
      #expect(opener == report.processes[0].name)
    }
    #expect(redacted(.paths).processes[3].name.program == "busybox")
  }

  @Test("A library of the system keeps its path, and what the distribution built it of")
  func system() {
    var report = Sample.report
    report.sites[0].stack.frames = [
      Report.StackFrame(
        function: "f", file: "../sysdeps/x.c", line: 1, module: "/lib/x86_64-linux-gnu/libc.so.6",
        offset: 1),
      Report.StackFrame(
        function: "g", file: "/home/alice/g.c", line: 1, module: "/usr/lib/libg.so", offset: 1),
      Report.StackFrame(
        function: "h", file: "h.c", line: 1, module: "/opt/alice/libh.so", offset: 1),
      Report.StackFrame(
        function: "i", file: "/usr/include/i.h", line: 1, module: "/opt/alice/libh.so", offset: 1),
    ]
    let frames = redacted(.paths, report).sites[0].stack.frames
    #expect(frames[0] == report.sites[0].stack.frames[0])
    #expect(frames[1].module == "/usr/lib/libg.so")
    #expect(frames[1].file?.wholeMatch(of: /\/home\/p-\w+\/p-\w+\.c/) != nil)
    #expect(frames[2].file?.wholeMatch(of: /p-\w+\.c/) != nil)
    #expect(frames[2].module?.wholeMatch(of: /\/opt\/p-\w+\/p-\w+\.so/) != nil)
    #expect(frames[3].file == "/usr/include/i.h")
  }

  @Test("Places of frames that the report does not have match those of frames that it has")
  func places() {
    var report = Sample.report
    report.sites[1].sharing = Report.Sharing(
      descriptors: 2, original: .init(site: 3, count: 0, api: "socket", place: "client.c:38"),
      others: [
        .init(site: 9, count: 1, place: "libc.so.6+0x12"),
        .init(site: 9, count: 1, place: "0x7fff0000"),
        .init(site: 9, count: 1, place: "server+0x1"),
      ])
    let shown = redacted(.paths, report)
    let client = shown.sites[0].stack.frames[0].shortPlace
    let server = shown.sites[0].stack.frames[0].moduleName ?? "?"
    #expect(shown.sites[1].sharing?.original?.place == client)
    #expect(
      shown.sites[1].sharing?.others.map(\.place)
        == ["libc.so.6+0x12", "0x7fff0000", "\(server)+0x1"])
  }

  @Test("A comparison with an earlier run is hidden like the rest, what is gone too")
  func comparison() {
    var old = Sample.report
    var gone = Sample.suspect
    gone.fingerprint = "0123456789abcdef"
    old.sites.append(gone)
    var report = Sample.report
    report.compare(with: Baseline(old), all: report.sites)
    let shown = redacted(.paths, report)
    #expect(shown.comparison?.rows.map(\.change) == report.comparison?.rows.map(\.change))
    let row = shown.comparison?.rows.first { $0.change == .gone }
    #expect(row?.title.contains("cache.cc") == false)
    #expect(row?.title.hasPrefix("files from fopen() in cache::Store::load at p-") == true)
    let fingerprints = Set(shown.sites.map(\.fingerprint))
    #expect(shown.comparison?.rows.count { fingerprints.contains($0.fingerprint) } == 3)
    #expect(fingerprints.isDisjoint(with: report.sites.map(\.fingerprint)))
  }

  @Test("The same key makes the same of two runs, another key another report")
  func keys() {
    var later = Sample.report
    later.sites.removeFirst()
    #expect(redacted(.all, later).sites == Array(redacted(.all).sites.dropFirst()))
    #expect(Redaction(.all).redacted(later).sites != redacted(.all, later).sites)
  }

  @Test("A module that could not be read has no words of the system's in its reason")
  func bareModules() {
    var report = Sample.report
    report.bareModules[0].code = "unreadable"
    report.bareModules[0].text = "cannot be read: /home/alice: no"
    #expect(redacted(.hosts, report).bareModules[0].text == "cannot be read")
    #expect(redacted(.hosts).bareModules[0].text == Sample.report.bareModules[0].text)
  }

  @Test("Hostile text is hidden without harm")
  func hostile() {
    let report = redacted(.all, Hostile.report)
    #expect(report.sites[0].fds[0].name?.contains("owned") == false)
    #expect(TextRenderer().render(report).hasSuffix("\n"))
  }
}
