@testable import LeakAnalysis
@testable import TraceModel

/// Tells a trace as a story: processes, what they open and close, and when.
/// Times are milliseconds since the trace started.
struct Scenario {
  var trace = Trace(
    info: TraceInfo(),
    clock: TraceClock(scale: .init(nanoseconds: 1, ticks: 1)), stacks: StackStore(),
    events: EventRing())

  static let calls = [
    "", "open", "socket", "accept4", "pipe2", "socketpair", "epoll_create1", "close", "connect",
    "read", "bind", "eventfd", "listen", "fdopen", "getsockopt", "setsockopt", "dup", "dup2",
    "fcntl", "fork", "execve", "posix_spawn", "system", "shutdown",
    "openpty", "pidfd_open", "accept", "forkpty", "closedir", "opendir",
  ]

  init() { trace.calls = Self.calls }

  static func ticks(_ ms: Double) -> UInt64 { UInt64(ms * 1_000_000) }

  static func call(_ name: String) -> UInt16 { UInt16(calls.firstIndex(of: name)!) }

  @discardableResult
  mutating func process(
    _ id: Int = 1, from start: Double = 0, to end: Double?, how: TracedProcess.How = .start,
    parent: Int? = nil, end kind: TracedProcess.End = .exit(status: 0)
  ) -> Int {
    var process = TracedProcess(id: id)
    process.pid = 1000 + id
    process.parent = parent
    process.how = how
    process.startTicks = Self.ticks(start)
    process.endTicks = end.map(Self.ticks)
    process.end = end == nil ? .none : kind
    process.fdLimit = 1024
    process.flags = .attached
    trace.processes.append(process)
    if let end { trace.clock.latestTicks = max(trace.clock.latestTicks, Self.ticks(end)) }
    return id
  }

  /// The stack of a site; equal numbers are equal stacks.
  mutating func stack(_ site: Int) -> StackNumber {
    let number = StackNumber(site)
    trace.stacks.insert(.init(frame: 1 << 48 | UInt64(site * 16), parent: 0), as: number)
    return number
  }

  private mutating func count(
    _ process: Int, _ site: Int, _ call: UInt16, _ kind: DescriptorKind, at ticks: UInt64
  ) -> UInt32 {
    let stack = stack(site)
    let index =
      trace.sites.firstIndex { $0.process == process && $0.stack == stack && $0.call == call }
      ?? {
        trace.sites.append(
          SiteRecord(
            id: UInt32(trace.sites.count + 1), process: process, stack: stack, call: call,
            kind: kind, firstTicks: ticks))
        return trace.sites.count - 1
      }()
    trace.sites[index].opened += 1
    trace.sites[index].lastTicks = max(trace.sites[index].lastTicks, ticks)
    trace.sites[index].firstTicks = min(trace.sites[index].firstTicks, ticks)
    return trace.sites[index].id
  }

  /// Opens `fd`, which stays open.
  mutating func open(
    _ fd: Int, in process: Int = 1, site: Int = 1, at ms: Double, call: String = "open",
    kind: DescriptorKind = .file, thread: UInt32 = 1,
    _ change: (inout Descriptor) -> Void = { _ in }
  ) {
    var descriptor = Descriptor(fd: fd)
    descriptor.site = count(process, site, Self.call(call), kind, at: Self.ticks(ms))
    descriptor.stack = stack(site)
    descriptor.call = Self.call(call)
    descriptor.kind = kind
    descriptor.openedTicks = Self.ticks(ms)
    descriptor.origin = process
    descriptor.thread = thread
    change(&descriptor)
    add(descriptor, to: process)
  }

  /// Opens and closes `times`, each for `life`, evenly from `start` to `end`.
  mutating func churn(
    _ times: Int, in process: Int = 1, site: Int = 1, from start: Double, to end: Double,
    life: Double, call: String = "open", kind: DescriptorKind = .file
  ) {
    var id: UInt32 = 0
    for time in 0..<times {
      let at = start + (end - start) * Double(time) / Double(max(times - 1, 1))
      id = count(process, site, Self.call(call), kind, at: Self.ticks(at))
    }
    for index in trace.sites.indices where trace.sites[index].id == id {
      trace.sites[index].closed += UInt64(times)
    }
    var lifetimes = [UInt32](repeating: 0, count: 16)
    lifetimes[(Self.ticks(life).bitWidth - Self.ticks(life).leadingZeroBitCount - 11) / 2] = UInt32(
      times)
    trace.closers.append(
      CloserRecord(
        site: id, stack: stack(900 + site), call: Self.call("close"), count: UInt64(times),
        minTicks: Self.ticks(life), maxTicks: Self.ticks(life), lastTicks: Self.ticks(end + life),
        lifetimes: lifetimes))
  }

  mutating func add(_ descriptor: Descriptor, to process: Int) {
    for index in trace.processes.indices where trace.processes[index].id == process {
      trace.processes[index].descriptors.append(descriptor)
      trace.processes[index].descriptors.sort { $0.fd < $1.fd }
    }
  }

  /// Gives `child` what `parent` has at `fd`.
  mutating func inherit(
    _ fd: Int, from parent: Int, to child: Int, via: Descriptor.Via = .fork,
    state: Descriptor.State = .open
  ) {
    guard var descriptor = trace.process(parent)?.descriptor(fd) else { return }
    descriptor.via = via
    descriptor.state = state
    add(descriptor, to: child)
  }

  /// Gives `child` what `parent` has at `fd`, as another number or changed.
  mutating func inherit(
    _ fd: Int, from parent: Int, to child: Int, as number: Int,
    _ change: (inout Descriptor) -> Void
  ) {
    guard var descriptor = trace.process(parent)?.descriptor(fd) else { return }
    descriptor.fd = number
    descriptor.via = .fork
    change(&descriptor)
    add(descriptor, to: child)
  }

  /// A process that `parent` makes by `call`, in stack 500 + `id`.
  mutating func start(
    _ id: Int, by parent: Int, _ call: String, how: TracedProcess.How, at ms: Double,
    to end: Double?, end kind: TracedProcess.End = .exit(status: 0)
  ) {
    process(id, from: ms, to: end, how: how, parent: parent, end: kind)
    trace.processes[trace.processes.count - 1].bornCall = Self.call(call)
    trace.processes[trace.processes.count - 1].bornStack = StackNumber(500 + id)
  }

  var findings: Findings { Analysis(trace).findings }

  func site(_ number: Int = 1) -> SiteFinding {
    findings.sites.first { $0.stack == StackNumber(number) }
      ?? SiteFinding(id: -1)
  }
}

extension Descriptor {
  mutating func fail(_ call: String, _ error: Int32, at ms: Double, stack: StackNumber = 77) {
    note = Note(call: Scenario.call(call), ticks: Scenario.ticks(ms), stack: stack, error: error)
  }

  mutating func connect(to port: UInt16, state: UInt8 = 1) {
    flags.insert(.connected)
    var detail = DescriptorDetail()
    detail.remote = .ipv4(address: 0x0a00_0001, port: port)
    detail.tcpState = TCPState(rawValue: state)
    self.detail = detail
  }

  /// A snapshot at `ms` finds that the peer has closed at `closed`.
  mutating func look(at ms: Double, peerClosed closed: Double) {
    detail?.checkedTicks = Scenario.ticks(ms)
    detail?.peerClosedNs = UInt64((ms - closed) * 1_000_000)
  }

  mutating func listen(on port: UInt16) {
    flags.insert(.listening)
    var detail = DescriptorDetail()
    detail.local = .ipv4(address: 0, port: port)
    self.detail = detail
  }

  mutating func listen(at path: String, _ state: DescriptorDetail.UnixState = .bound) {
    flags.insert(.listening)
    var detail = DescriptorDetail(form: .unixPath, text: path)
    detail.unixState = state
    self.detail = detail
  }

  /// A snapshot found that somebody has its other end, or nobody.
  mutating func find(otherEnd isOpen: Bool) {
    detail = DescriptorDetail()
    detail?.isOtherEndOpen = isOpen
  }

  mutating func name(_ path: String) { detail = DescriptorDetail(form: .path, text: path) }
}

extension Trace {
  fileprivate func process(_ id: Int) -> TracedProcess? { processes.first { $0.id == id } }
}
