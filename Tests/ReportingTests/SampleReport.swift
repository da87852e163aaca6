import LeakAnalysis

@testable import Reporting

/// A report with a bit of everything: a client that loses sockets when connect fails, a cache
/// that may lose files, a log that is held, a worker that inherits the listener.
enum Sample {
  static func frame(
    _ function: String?, _ file: String?, _ line: Int?, module: String = "/srv/app/server",
    offset: UInt64, inlined: Bool = false
  ) -> Report.StackFrame {
    Report.StackFrame(
      function: function, file: file, line: line, column: nil, module: module, buildID: "c0ffee",
      offset: offset, isInlined: inlined)
  }

  static let tail = [
    frame("main", "/srv/app/src/main.c", 12, offset: 0x1200),
    frame(
      "__libc_start_call_main", nil, nil, module: "/lib/x86_64-linux-gnu/libc.so.6", offset: 0x271ca
    ),
    frame("_start", nil, nil, offset: 0x1050),
  ]
  static let dial = Report.Stack(
    frames: [
      frame("new_socket", "/srv/app/src/client.c", 38, offset: 0x1390, inlined: true),
      frame("dial", "/srv/app/src/client.c", 55, offset: 0x1390),
    ] + tail)
  static let connectFails = Report.Stack(
    frames: [frame("dial", "/srv/app/src/client.c", 58, offset: 0x13b0)] + tail)
  static let finish = Report.Stack(
    frames: [frame("finish", "/srv/app/src/client.c", 99, offset: 0x1500)] + tail)
  static let loadCache = Report.Stack(
    frames: [
      frame("std::fopen(char const*, char const*)", nil, nil, offset: 0x1777),
      frame("cache::Store::load(std::string const&)", "/srv/app/src/cache.cc", 203, offset: 0x1790),
    ] + tail, end: .cut)
  static let openLog = Report.Stack(
    frames: [frame("open_log", "/srv/app/src/log.c", 7, offset: 0x1900)] + tail)

  static var leak: Report.Site {
    var site = Report.Site(id: 3)
    site.verdict = .leak
    site.api = "socket"
    site.kind = "tcp"
    site.opened = 1300
    site.closed = 1260
    site.live = 40
    site.peak = 41
    site.byProcess = [.init(process: 1, opened: 1300, closed: 1260, live: 40)]
    site.stack = dial
    site.fds = (7..<47).map { fd in
      var open = Report.Descriptor(process: 1, fd: fd)
      open.kind = "tcp"
      open.remote = fd < 45 ? "127.0.0.1:443" : "10.0.0.\(fd - 44):80"
      open.local = "127.0.0.1:\(50_000 + fd)"
      open.state = fd < 45 ? "CLOSE" : nil
      open.openedNs = UInt64(fd) * 250_000_000
      open.ageNs = 2_000_000_000
      open.thread = fd % 2 == 0 ? 790 : 795
      return open
    }
    site.firstOpenedNs = 210_000_000
    site.lastOpenedNs = 12_100_000_000
    site.cause = Report.Note(
      api: "connect", error: 111, errorName: "ECONNREFUSED", stack: connectFails, count: 38, of: 40)
    site.notes = [site.cause!]
    site.reasons = [
      reason(
        .abandonedAfterFailure(
          api: "connect", error: 111, errorName: "ECONNREFUSED", count: 38, of: 40, stack: 9),
        at: connectFails),
      reason(.growth(live: 40, overNs: 12_400_000_000)),
    ]
    site.closers = [
      Report.Closer(
        api: "close", stack: finish, count: 1260, minNs: 300_000, medianNs: 12_000_000,
        maxNs: 2_100_000_000, lastNs: 12_300_000_000)
    ]
    site.growth = .init(perHour: 11_600, fit: 0.99, steadiness: "steady")
    site.limitReachedInNs = 305_000_000_000
    return finished(site)
  }

  static var suspect: Report.Site {
    var site = Report.Site(id: 5)
    site.verdict = .suspect
    site.api = "fopen"
    site.kind = "file"
    site.opened = 3
    site.live = 3
    site.peak = 3
    site.byProcess = [
      .init(process: 1, opened: 2, closed: 0, live: 2),
      .init(process: 2, opened: 1, closed: 0, live: 1),
    ]
    site.stack = loadCache
    site.fds = [(1, 50), (1, 51), (2, 9)].map { process, fd in
      var open = Report.Descriptor(process: process, fd: fd)
      open.kind = "file"
      open.name = "/var/cache/app/\(fd).db"
      open.owner = "FILE"
      open.openedNs = 1_000_000
      open.thread = 790
      return open
    }
    site.firstOpenedNs = 1_000_000
    site.lastOpenedNs = 3_000_000
    site.reasons = [
      reason(.few(live: 3)),
      reason(.missingCloseOnExec(count: 2, listening: false, processes: [3])),
    ]
    return finished(site)
  }

  static var held: Report.Site {
    var site = Report.Site(id: 1)
    site.verdict = .held
    site.api = "open"
    site.kind = "file"
    site.opened = 1
    site.live = 1
    site.peak = 1
    site.byProcess = [.init(process: 1, opened: 1, closed: 0, live: 1)]
    site.stack = openLog
    var log = Report.Descriptor(process: 1, fd: 3)
    log.kind = "file"
    log.name = "/var/log/app.log"
    log.openedNs = 500
    site.fds = [log]
    site.firstOpenedNs = 500
    site.reasons = [reason(.single)]
    return finished(site)
  }

  static func reason(
    _ reason: LeakAnalysis.Reason, at stack: Report.Stack? = nil
  ) -> Report.Reason {
    Report.Reason(
      code: reason.code, text: reason.sentence(stack: stack), data: reason.data, stack: stack,
      finding: reason)
  }

  static func finished(_ site: Report.Site) -> Report.Site {
    var site = site
    site.fingerprint = Fingerprint(api: site.api, stack: site.stack).description
    site.advice = Advice.of(site)
    return site
  }

  static var processes: [Report.Process] {
    var server = Report.Process(id: 1, pid: 790)
    server.exe = "/srv/app/server"
    server.argv = ["./server", "--port", "8080"]
    server.cwd = "/srv/app"
    server.fdLimit = 1024
    server.fdLimitHard = 4096
    server.buildID = "c0ffee"
    server.endKind = "exit"
    server.endCode = 0
    server.startedNs = 0
    server.endedNs = 12_400_000_000
    server.openAtEnd = 43
    server.standardStreams = 3
    server.wasChecked = true
    server.peak = 46
    server.peakNs = 12_300_000_000
    server.timeline = .init(counts: (0..<120).map { $0 / 3 })
    var child = Report.Process(id: 2, pid: 812)
    child.parent = 1
    child.how = "fork"
    child.exe = "/srv/app/server"
    child.argv = ["./server", "--port", "8080"]
    child.endKind = "exec"
    child.openAtEnd = 1
    var worker = Report.Process(id: 3, pid: 812)
    worker.parent = 2
    worker.how = "exec"
    worker.exe = "/srv/app/worker"
    worker.argv = ["worker", "-v"]
    worker.endKind = "signal"
    worker.endCode = 9
    worker.openAtEnd = 4
    var listener = Report.Inherited(fd: 5, kind: "tcp", via: "exec")
    listener.local = "0.0.0.0:8080"
    listener.name = "0.0.0.0:8080"
    listener.state = "LISTEN"
    listener.openedBy = 1
    listener.opener = server.name
    listener.site = 2
    listener.openedAt = "server.c:88"
    listener.api = "socket"
    listener.isListening = true
    var cache = Report.Inherited(fd: 50, kind: "file", via: "exec")
    cache.name = "/var/cache/app/50.db"
    cache.openedBy = 1
    cache.opener = server.name
    cache.site = 5
    cache.openedAt = "cache.cc:203"
    cache.api = "fopen"
    var output = Report.Inherited(fd: 1, kind: "pipe", via: "exec")
    output.openedBy = 1
    worker.inherited = [output, cache, listener]
    var helper = Report.Process(id: 4, pid: 813)
    helper.parent = 1
    helper.how = "spawn"
    helper.exe = "/bin/busybox"
    helper.isTraced = false
    helper.wasChecked = true
    return [server, child, worker, helper]
  }

  static let listen = Report.Stack(
    frames: [frame("listen_on", "/srv/app/src/server.c", 88, offset: 0x1a00)] + tail)
  static let runWorker = Report.Stack(
    frames: [frame("run_worker", "/srv/app/src/server.c", 120, offset: 0x1b00)] + tail)

  /// The worker's listener, and a cache file of which it has a duplicate too.
  static var inheritance: [Report.KeptFile] {
    let server = Report.Party(process: 1, name: processes[0].name, life: "ended")
    let worker = Report.Party(process: 3, name: processes[2].name, life: "ended")
    var start = Report.Start(call: Report.Call(api: "execve", stack: runWorker), by: 2)
    start.program = 3
    start.argv = ["worker", "-v"]
    var listener = Report.KeptFile(
      holder: worker, opener: server, opened: Report.Call(api: "socket", stack: listen, site: 2),
      handles: [
        handle([5], "never_cloexec", Report.Call(api: "socket", stack: listen, site: 2), start)
      ], start: start)
    listener.kind = "tcp"
    listener.local = "0.0.0.0:8080"
    listener.name = "0.0.0.0:8080"
    listener.state = "LISTEN"
    listener.isListening = true
    var copy = handle([51], "passed", Report.Call(api: "dup2", stack: dial, site: 9), start)
    copy.isByDesign = true
    copy.isDuplicate = true
    copy.advice = nil
    var cache = Report.KeptFile(
      holder: worker, opener: server, opened: Report.Call(api: "fopen", stack: loadCache, site: 5),
      handles: [
        handle([50], "never_cloexec", Report.Call(api: "fopen", stack: loadCache, site: 5), start),
        copy,
      ], start: start)
    cache.kind = "file"
    cache.name = "/var/cache/app/50.db"
    return [listener, cache]
  }

  static func handle(
    _ fds: [Int], _ cause: String, _ made: Report.Call, _ start: Report.Start
  ) -> Report.Handle {
    var handle = Report.Handle(fds: fds, cause: cause, made: made)
    handle.advice = CloseOnExec.advice(for: handle, started: start.call)
    return handle
  }

  static var trace: Report.TraceSummary {
    var trace = Report.TraceSummary(path: "trace.bin")
    trace.startedRealtimeNs = 1_772_368_205_250_000_000
    trace.durationNs = 12_400_000_000
    trace.processCount = 4
    trace.eventsKept = 2603
    trace.eventsTotal = 2603
    trace.host = "build7"
    trace.kernel = "6.18.0"
    trace.libc = "glibc 2.36"
    return trace
  }

  static var report: Report {
    var report = Report(trace: trace)
    report.processes = processes
    let step: UInt64 = 12_400_000_000 / 119
    report.timeline = .init(
      momentsNs: (0..<120).map { $0 * step }, tree: .init(counts: (0..<120).map { 4 + $0 / 3 }))
    report.sites = [leak, suspect, held]
    var misuse = Report.Misuse(
      kind: "double_close", process: 1, fds: 7...7, count: 3, api: "close", stack: finish)
    (misuse.openedAt, misuse.closedAt) = (dial, connectFails)
    misuse.fingerprint = "4b1d0c0de5c0ffee"
    report.misuse = [misuse]
    report.inheritance = inheritance
    report.bareModules = [
      Report.BareModule(
        path: "/opt/vendor/libpool.so.1", buildID: "ab12", code: "other_build",
        text: "is another build than the traced one; its functions and lines would be wrong",
        addresses: 4)
    ]
    return report
  }

  /// Of the same, after a day: the server met its limit and lost its older events.
  static var ranOut: Report {
    var report = report
    report.trace.durationNs = 93_600_000_000_000
    report.trace.eventsKept = 1_900_000
    report.trace.eventsTotal = 800_000_000
    report.trace.eventsTotalIsExact = false
    let step: UInt64 = 93_600_000_000_000 / 119
    report.timeline?.momentsNs = (0..<120).map { $0 * step }
    report.processes = [report.processes[0]]
    report.processes[0].endKind = "running"
    report.processes[0].openAtEnd = 1021
    report.processes[0].peak = 1024
    report.processes[0].peakNs = 93_000_000_000_000
    report.processes[0].timeline = .init(
      counts: (0..<120).map { $0 * $0 / 14 }, knownFromNs: 72_000_000_000_000)
    report.processes[0].limitHit = Report.LimitHit(
      api: "accept4", stack: finish, atNs: 93_000_000_000_000,
      holders: [.init(site: 3, count: 1010, openedAt: "client.c:38", api: "socket")])
    report.misuse = []
    report.inheritance = []
    return report
  }
}
