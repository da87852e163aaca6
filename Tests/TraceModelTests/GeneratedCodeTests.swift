import Testing

@testable import TraceModel

@Suite("Code outside of modules")
struct GeneratedCodeTests {
  @Test("Each process has the addresses of its stacks, of whatever it did")
  func found() {
    var trace = Trace(
      info: TraceInfo(), clock: TraceClock(), stacks: StackStore(), events: EventRing())
    let jit: [StackNumber] = (0..<7).map {
      trace.stacks.add([.code(module: 1, address: 7), .absolute(0x7000 + $0), .cut])
    }
    let plain = trace.stacks.add([.code(module: 1, address: 8)])
    trace.sites = [
      SiteRecord(id: 1, process: 1, stack: jit[0]), SiteRecord(id: 2, process: 2, stack: plain),
    ]
    trace.closers = [CloserRecord(site: 1, stack: jit[1]), CloserRecord(site: 9, stack: jit[1])]
    var parent = TracedProcess(id: 1)
    parent.execStack = jit[2]
    var child = TracedProcess(id: 2)
    (child.parent, child.bornStack) = (1, jit[3])
    child.limitHit = .init(ticks: 0, stack: jit[4])
    var misuse = MisuseRecord(kind: .closeAgain, process: 2, fds: 3...3)
    misuse.act.stack = jit[6]
    trace.misuses = [misuse]
    var descriptor = Descriptor(fd: 3)
    descriptor.note = .init(call: 0, stack: jit[5])
    child.descriptors = [descriptor]
    trace.processes = [parent, child]
    #expect(
      trace.generatedCode() == [1: [0x7000, 0x7001, 0x7002, 0x7003], 2: [0x7004, 0x7005, 0x7006]])
  }
}
