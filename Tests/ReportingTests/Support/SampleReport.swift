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
    site.causes = [
      Report.Note(
        api: "connect", error: 111, errorName: "ECONNREFUSED", stack: connectFails, count: 38,
        of: 40)
    ]
    site.notes = site.causes
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

  /// A report that has these sites, and nothing else.
  static func report(of sites: [Report.Site]) -> Report {
    var report = Report(trace: trace)
    report.sites = sites
    return report
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
