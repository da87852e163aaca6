import Testing

@testable import TraceModel

@Suite("Connections of what still runs")
struct ConnectionTests {
  private var trace: Trace
  private var later: LiveReading
  private var sight = ConnectionSight(inode: 100, state: .closeWait)

  init() {
    let living = LivingTrace(.tcp)
    (trace, later) = (living.trace, living.later)
    sight.quietNs = 300
    sight.remote = .ipv4(address: 0x7f00_0001, port: 4000)
  }

  /// What becomes of number 5 of the process, and whether it counts as seen.
  private func entered() -> (detail: DescriptorDetail?, seen: Int) {
    var trace = trace
    trace.enter([1: [5: sight]], untilMonotonicNs: 1400, confirmedBy: later)
    return (trace.processes[0].descriptors[0].detail, trace.processes[0].connectionsSeen)
  }

  private func expectUnknown(_ comment: Comment) {
    let (detail, seen) = entered()
    #expect(detail?.tcpState == nil && seen == 0, comment)
  }

  @Test("A socket has the state that the kernel told, with its time and ends")
  func told() throws {
    let (detail, seen) = entered()
    #expect(seen == 1)
    #expect(detail?.tcpState == .closeWait && detail?.inode == 100)
    #expect(detail?.peerClosedNs == 300 && detail?.checkedTicks == 50 + 800)
    #expect(detail?.remote == sight.remote)
    #expect(trace.connections(of: [1, 2]) == [1: [5]])
  }

  @Test("A number that was used again since, or is closed, is not the socket that was seen")
  mutating func usedAgain() {
    later.processes[0].descriptors[0].generation = 4
    expectUnknown("opened again")
    later.processes[0].descriptors[0].generation = 3
    later.processes[0].descriptors[0].state = .closing
    expectUnknown("being closed")
    later.processes[0].descriptors = []
    expectUnknown("closed")
  }

  @Test("A process that has ended or gone on as another program meanwhile has none of them")
  mutating func gone() {
    later.processes[0].end = .exit(status: 0)
    expectUnknown("ended")
    later.processes[0].end = .none
    later.processes[0].flags.insert(.execPending)
    expectUnknown("about to be another program")
    later.processes[0].flags = []
    var other = TracedProcess(id: 2)
    other.pid = 812
    later.processes.append(other)
    expectUnknown("another process of that pid")
    later.processes = []
    expectUnknown("no such process")
  }

  @Test("Another trace in the place of the file, and mixed tables, confirm nothing")
  mutating func otherTrace() {
    later.losses = [Loss(name: "tables", text: "", about: "", count: 1)]
    expectUnknown("mixed tables")
    later.losses = []
    later.traceID = 78
    expectUnknown("another trace")
    later.traceID = 77
    trace.clock.originMonotonicNs = nil
    expectUnknown("no time")
  }

  @Test("A socket that the trace knows to be another one is left alone")
  mutating func contradiction() {
    var detail = DescriptorDetail()
    detail.inode = 99
    trace.processes[0].descriptors[0].detail = detail
    expectUnknown("another inode")
    detail.inode = 100
    detail.remote = .ipv4(address: 0x7f00_0001, port: 4001)
    trace.processes[0].descriptors[0].detail = detail
    expectUnknown("another peer")
    detail.remote = .ipv6(groups: [0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], port: 4000, scope: 0)
    trace.processes[0].descriptors[0].detail = detail
    #expect(entered().detail?.tcpState == .closeWait)
    trace.processes[0].descriptors[0].flags.insert(.listening)
    expectUnknown("a listener")
  }

  @Test("A listener keeps the address that the trace has")
  mutating func listener() {
    trace.processes[0].descriptors[0].flags.insert(.listening)
    sight = ConnectionSight(inode: 100, state: .listen)
    sight.local = .ipv4(address: 0, port: 40000)
    #expect(entered().detail?.tcpState == .listen && entered().detail?.local == nil)
  }

  @Test("What was inherited, or is no TCP socket, is not asked for")
  mutating func notAsked() {
    trace.processes[0].descriptors[0].via = .fork
    #expect(trace.connections(of: [1]).isEmpty)
    expectUnknown("inherited")
    trace.processes[0].descriptors[0].via = .open
    trace.processes[0].descriptors[0].kind = .unix
    #expect(trace.connections(of: [1]).isEmpty)
    expectUnknown("a unix socket")
  }

  @Test("What passes by itself, and a peer that closed nobody knows when, tell nothing")
  mutating func timeless() {
    sight.quietNs = nil
    expectUnknown("no time")
    for state in [3, 6, 7, 9, 11, 12].compactMap(TCPState.init(rawValue:)) {
      sight = ConnectionSight(inode: 100, state: state)
      expectUnknown("\(state) passes by itself")
    }
    sight = ConnectionSight(inode: 100, state: .established)
    #expect(entered().detail?.tcpState == .established && entered().detail?.peerClosedNs == nil)
  }
}
