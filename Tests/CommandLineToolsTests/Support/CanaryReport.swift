@testable import LeakAnalysis
@testable import Reporting

/// A report with a word in every text that tells what of it has to be hidden.
enum Canary {
  static let path = "pathkanari"
  static let socket = "unixkanari"
  /// The start of internet addresses.
  static let address = "10.77."
  static let argument = "argkanari"
  static let host = "hostkanari"
  static let environment = "envkanari"
  static let note = "notekanari"

  /// What is hidden by each scope alone.
  static func words(of scope: RedactionScope) -> [String] {
    var words = [note]
    if scope.contains(.paths) { words += [path, socket] }
    if scope.contains(.addresses) { words += [address, socket] }
    if scope.contains(.arguments) { words += [argument] }
    if !scope.isDisjoint(with: [.hosts, .environment]) { words += [host] }
    if scope.contains(.environment) { words += [environment] }
    return words
  }

  /// What sentences may hold.
  private static let sentence =
    "\(path) /home/\(path) \(socket) \(address)1.1:80 \(argument) \(host) \(environment) \(note)"
  private static let arguments = [
    "/home/\(path)1/\(path)2", "--\(argument)=/home/\(path)/x:\(path)/y",
    "\(argument)@\(address)2.2:80", "http://[::ffff:\(address)3.3]:80/\(argument)",
    "\(argument),db.\(host).com", "\(argument) \(path).conf", "\(host)",
  ]
  private static let mark = "\(argument) /home/\(path) \(address)1.9 \(host)"
  private static let file = "/home/\(path)1/\(path)3.\(path)"
  private static let program = "/home/\(path)1/\(path)2"

  private static let stack = Report.Stack(frames: [
    Report.StackFrame(
      function: "dial<(lambda at /src/\(path)/\(path).cc:3:9)>", file: file, line: 3, column: 9,
      module: program, buildID: "c0ffee", offset: 0x1000),
    Report.StackFrame(
      function: "main", file: "src/\(path).c", line: 9, module: "\(path).so.1", buildID: "c0ffee",
      offset: 0x2000, isInlined: true),
    Report.StackFrame(
      function: "start", file: "/src/\(path)/libc.c", line: 9,
      module: "/usr/lib/x86_64-linux-gnu/libc.so.6", offset: 0x3000),
  ])
  private static let call: Report.Call = {
    var call = Report.Call(api: "socket", stack: stack, site: 1)
    call.atNs = 1
    call.fingerprint = path
    return call
  }()
  private static let name = Report.ProcessName(pid: 812, program: "\(path)4")
  private static let handle: Report.Handle = {
    var handle = Report.Handle(fds: [5], cause: "never_cloexec", made: call)
    handle.lateness = Report.Lateness(openedNs: 1, forkedNs: 2, flaggedNs: 3, isRace: true)
    handle.advice = sentence
    return handle
  }()

  private static func descriptors() -> [Report.Descriptor] {
    [
      ("file", file, nil), ("file", "…/\(path)/\(path)", nil), ("memfd", "/memfd:\(path)", nil),
      ("file", "\(path).txt (deleted)", nil), ("file", "/usr/lib/../../home/\(path)", nil),
      ("file", "/proc/self/root/\(path)", nil), ("tcp", "\(address)4.4:80", "\(address)5.5:443"),
      ("tcp", "[::ffff:\(address)6.6]:80", "\(address)7.7:80"),
      ("unix", "/run/\(socket)", "@\(socket)"), ("unknown", "/usr/lib2/\(socket)", socket),
    ].map { kind, name, remote in
      var open = Report.Descriptor(process: 1, fd: 7)
      (open.kind, open.name, open.remote) = (kind, name, remote)
      open.local = remote
      (open.state, open.openedNs, open.ageNs) = ("CLOSE", 1, 1)
      (open.duplicateOf, open.end, open.sender) = (1, .first, 1)
      return open
    }
  }

  private static var site: Report.Site {
    var site = Report.Site(id: 1)
    (site.fingerprint, site.verdict) = (path, .leak)
    (site.api, site.kind, site.opened, site.live, site.objects) = ("socket", "tcp", 9, 9, 9)
    site.sharing = Report.Sharing(
      descriptors: 3, original: .init(site: 2, count: 1, api: "open", place: "\(path).c:8"),
      others: [.init(site: 3, count: 1, api: "dup", place: "\(path)+0x12")])
    site.byProcess = [.init(process: 1, opened: 9, closed: 0, live: 9)]
    site.heirs = [.init(process: 1, count: 9)]
    site.judgedProcess = 1
    site.stack = stack
    site.fds = descriptors()
    (site.firstOpenedNs, site.lastOpenedNs) = (1, 1)
    site.closers = [
      Report.Closer(
        api: "close", stack: stack, count: 1, minNs: 1, medianNs: 1, maxNs: 1, lastNs: 1)
    ]
    site.closedElsewhere = site.closers[0]
    let note = Report.Note(
      api: "connect", error: 111, errorName: "ECONNREFUSED", stack: stack, count: 1, of: 1)
    (site.notes, site.causes) = ([note], [note])
    let failure = LeakAnalysis.Reason.abandonedAfterFailure(
      api: "connect", error: 111, errorName: "ECONNREFUSED", count: 1, of: 1, stack: 1)
    site.reasons = [
      Report.Reason(
        code: failure.code, text: sentence, data: ["x": .string(sentence)], stack: stack,
        finding: failure),
      Report.Reason(
        code: "suppressed", text: sentence, data: [sentence: .object([sentence: .array([.null])])]),
      Report.Reason(code: "new", text: sentence, data: ["x": .string(sentence)], stack: stack),
    ]
    site.growth = .init(
      perHour: 1, fit: 1, steadiness: "steady", end: .rest(sinceNs: 1, forNs: 1))
    site.limitReachedInNs = 1
    site.kept = .init(handle: handle, start: call)
    site.advice = [sentence]
    site.marks = [.init(mark: mark, count: 1)]
    site.timeline = Report.Timeline.Line(counts: [1])
    site.change = .new
    site.suppressed = .init(
      name: Self.note, file: file, line: 1, reason: Self.note, verdict: .leak)
    return site
  }

  private static var process: Report.Process {
    var process = Report.Process(id: 1, pid: 790)
    (process.parent, process.exe, process.argv) = (1, program, arguments)
    process.calledName = "\(path)2"
    process.mark = mark
    process.timeline = Report.Timeline.Line(counts: [1])
    process.timelinePeaks = [1]
    process.cwd = "/home/\(environment)\(path)"
    process.untracedProgram = "/home/\(path)"
    process.loadedAround = .init(count: 1, first: "/home/\(path).so")
    (process.fdLimit, process.endCode, process.startedNs, process.endedNs) = (9, 0, 1, 1)
    (process.fdLimitHard, process.buildID) = (9, "c0ffee")
    process.peakNs = 1
    var inherited = Report.Inherited(fd: 5, kind: "file", via: "exec")
    (inherited.name, inherited.openedBy, inherited.opener) = (file, 9, name)
    (inherited.site, inherited.openedAt, inherited.api) = (9, "\(path).c:8", "open")
    (inherited.local, inherited.remote) = ("\(address)8.8:80", "/run/\(socket)")
    inherited.state = "LISTEN"
    process.inherited = [inherited]
    process.unseen = descriptors()
    process.limitHit = Report.LimitHit(
      api: "open", stack: stack, atNs: 1,
      holders: [.init(site: 1, count: 1, openedAt: "\(path).c:8", api: "open")])
    process.closedAtEnd = Report.ClosedAtEnd(
      count: 1, withinNs: 1,
      holders: [.init(site: 1, count: 1, openedAt: "\(path).c:8", api: "open")])
    return process
  }

  private static var keptFile: Report.KeptFile {
    var start = Report.Start(call: call, by: 1)
    (start.program, start.argv) = (9, arguments)
    let party = Report.Party(process: 9, name: name, life: "ended")
    var kept = Report.KeptFile(
      holder: party, opener: party, opened: call, handles: [handle], start: start)
    (kept.kind, kept.name) = ("file", file)
    (kept.local, kept.remote, kept.state) = ("\(address)9.9:80", "@\(socket)", "LISTEN")
    return kept
  }

  static var report: Report {
    var trace = Report.TraceSummary(path: file)
    (trace.startedRealtimeNs, trace.durationNs) = (1, 1)
    trace.losses = [Report.Loss(name: "ring", text: "events were overwritten", count: 1)]
    (trace.host, trace.kernel, trace.libc) = (host, "6.1-\(environment)", environment)
    var report = Report(trace: trace)
    report.processes = [process]
    report.sourceRoot = "/home/\(path)1"
    report.sites = [site]
    report.misuse = [
      Report.Misuse(kind: "double_close", process: 1, fds: 7...7, api: "close", stack: stack)
    ]
    report.misuse[0].openedAt = stack
    report.misuse[0].closedAt = stack
    report.misuse[0].noticedAt = stack
    report.misuse[0].fingerprint = path
    var mark = Report.Mark(name: Self.mark)
    mark.firstBegunNs = 1
    mark.sites = [.init(site: 1, count: 1)]
    report.marks = [mark]
    let line = Report.Timeline.Line(counts: [1])
    report.timeline = Report.Timeline(momentsNs: [1], tree: line)
    report.inheritance = [keptFile]
    report.modules = [Report.Module(path: program, buildID: "c0ffee")]
    report.bareModules = [
      Report.BareModule(
        path: program, buildID: "c0ffee", code: "unreadable", text: sentence, addresses: 1)
    ]
    report.codeMaps = [file]
    report.suppressions = [Report.SuppressionUse(name: note, file: file, line: 1)]
    var gone = Report.Row(
      change: .gone, fingerprint: path, verdict: .leak, verdictBefore: .leak, live: 0,
      liveBefore: 1, subject: Report.Subject(site), sites: [1])
    gone.subject.place = "\(path) of.c:8"
    gone.moved = gone.subject
    report.comparison = Report.Comparison(baseline: file, rows: [gone])
    return report
  }
}
