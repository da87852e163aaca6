import LeakAnalysis

@testable import Reporting

/// A report whose every string tries to get out of its place.
enum Hostile {
  static let text =
    "a\u{1b}]0;owned\u{7}\u{9b}31m\r\n\u{202e}gpj\u{200b}\u{2028}`code` *b* _i_ [l](http://x)"
    + " <img src=x onerror=1> </details> @octocat #1 | cell | ``` ~~~ $x$ \\ \u{301} \u{1F600}"
    + " 漢字 \u{fffd}\u{0}" + String(repeating: "w", count: 300)

  static var report: Report {
    var trace = Report.TraceSummary(path: text)
    trace.host = text
    trace.kernel = text
    trace.libc = text
    trace.unseen = 1
    var report = Report(trace: trace)
    var process = Report.Process(id: 1, pid: 1)
    process.exe = text
    process.argv = [text, "- x", "1. y"]
    process.cwd = text
    process.untracedProgram = text
    process.loadedAround = .init(count: 1, first: text)
    var unseen = Report.Descriptor(process: 1, fd: 9)
    unseen.name = text
    process.unseen = [unseen]
    var inherited = Report.Inherited(fd: 7, kind: "file", via: "exec")
    inherited.name = text
    inherited.openedBy = 1
    inherited.opener = Report.ProcessName(pid: 2, program: text)
    inherited.openedAt = text
    inherited.api = text
    process.inherited = [inherited]
    process.limitHit = Report.LimitHit(
      api: text, stack: stack, atNs: .max,
      holders: [.init(site: -1, count: .max, openedAt: text, api: text)])
    process.closedAtEnd = Report.ClosedAtEnd(
      count: .max, withinNs: .max,
      holders: [.init(site: -1, count: .max, openedAt: text, api: text)])
    report.processes = [process]
    var site = Report.Site(id: 1)
    site.verdict = .leak
    site.api = text
    site.kind = text
    site.live = 1
    site.opened = .max
    site.stack = stack
    site.byProcess = [.init(process: 1, opened: 1, closed: 0, live: 1)]
    var fd = Report.Descriptor(process: 1, fd: .max)
    fd.name = text
    fd.remote = text
    fd.local = text
    fd.state = text
    site.fds = [fd]
    site.causes = [
      Report.Note(api: text, error: .min, errorName: text, stack: stack, count: 1, of: 1)
    ]
    site.reasons = [Report.Reason(code: text, text: text, data: ["x": .string(text)])]
    site.closers = [Report.Closer(api: text, stack: stack, count: 1)]
    site.closedElsewhere = site.closers[0]
    site.growth = .init(perHour: .infinity, fit: .nan, steadiness: text)
    site.limitReachedInNs = .max
    report.sites = [Sample.finished(site)]
    report.misuse = [
      Report.Misuse(
        kind: text, process: 99, fds: -1...(.max), count: 0, api: text, stack: stack)
    ]
    let party = Report.Party(
      process: .max, name: Report.ProcessName(pid: .max, program: text), life: text)
    let call = Report.Call(api: text, stack: stack)
    var start = Report.Start(call: call, by: .min)
    start.argv = [text]
    var kept = Report.KeptFile(
      holder: party, opener: party, opened: call,
      handles: [Sample.handle([.max, .min], text, call, start)], start: start)
    kept.kind = text
    kept.name = text
    kept.local = text
    kept.keepsAddressBusy = true
    report.inheritance = [kept]
    report.bareModules = [
      Report.BareModule(path: text, buildID: nil, code: "unreadable", text: text, addresses: 1)
    ]
    return report
  }

  static let stack = Report.Stack(frames: [
    Report.StackFrame(function: text, file: text, line: .max, module: text, offset: .max)
  ])
}
