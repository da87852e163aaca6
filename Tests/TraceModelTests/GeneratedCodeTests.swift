import FDTrackFormat
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
      trace.addressesOfGeneratedCode() == [
        1: [0x7000, 0x7001, 0x7002, 0x7003], 2: [0x7004, 0x7005, 0x7006],
      ])
  }

  @Test("Processes that make other functions at one address have stacks of their own")
  func named() {
    var trace = Trace(
      info: TraceInfo(), clock: TraceClock(), stacks: StackStore(), events: EventRing())
    let main = Frame.code(module: 1, address: 1)
    let inner = Frame.code(module: 1, address: 2)
    let shared = trace.stacks.add([inner, .absolute(0x7000), .absolute(0x7001), main])
    let plain = trace.stacks.add([inner, main])
    trace.sites = [
      SiteRecord(id: 1, process: 1, stack: shared), SiteRecord(id: 2, process: 2, stack: shared),
      SiteRecord(id: 3, process: 3, stack: shared), SiteRecord(id: 4, process: 2, stack: plain),
      SiteRecord(id: 5, process: 4, stack: shared),
    ]
    trace.closers = [CloserRecord(site: 2, stack: shared)]
    // It has from its parent what came before it.
    var child = TracedProcess(id: 2)
    (child.parent, child.bornStack, child.startTicks) = (1, shared, 100)
    child.descriptors = ([1, 3] as [UInt32]).enumerated().map { slot, site in
      var descriptor = Descriptor(fd: slot)
      (descriptor.site, descriptor.stack) = (site, shared)
      descriptor.note = .init(call: 0, ticks: slot == 0 ? 50 : 150, stack: shared)
      return descriptor
    }
    trace.processes = [TracedProcess(id: 1), child]
    let before = trace
    trace.nameGeneratedCode([1: [0x7000: 0], 2: [0x7000: 1, 0x7001: 2], 3: [0x7000: 0]])
    func frames(_ stack: StackNumber) -> [Frame] { trace.stacks.frames(of: stack) }
    let first: [Frame] = [inner, .generated(0), .absolute(0x7001), main]
    #expect(frames(trace.sites[0].stack) == first)
    #expect(frames(trace.sites[1].stack) == [inner, .generated(1), .generated(2), main])
    #expect(trace.sites[2].stack == trace.sites[0].stack)
    #expect(trace.sites[3].stack == plain && trace.sites[4].stack == shared)
    #expect(frames(shared) == [inner, .absolute(0x7000), .absolute(0x7001), main])
    #expect(trace.closers[0].stack == trace.sites[1].stack)
    let told = trace.processes[1]
    #expect(told.bornStack == trace.sites[0].stack)
    #expect(told.descriptors.map(\.stack) == [trace.sites[0].stack, trace.sites[2].stack])
    #expect(
      told.descriptors.map(\.note?.stack) == [trace.sites[0].stack, trace.sites[1].stack])
    var same = before
    same.nameGeneratedCode([1: [0x9000: 0]])
    #expect(same == before)
  }

  @Test("Who a process was at a moment is looked for as far up as any real tree goes")
  func deep() {
    var trace = Trace(
      info: TraceInfo(), clock: TraceClock(), stacks: StackStore(), events: EventRing())
    let stack = trace.stacks.add([.absolute(0x7000)])
    trace.processes = (1...20_000).map { id in
      var process = TracedProcess(id: id)
      (process.parent, process.startTicks) = (id > 1 ? id - 1 : nil, UInt64(id) * 10)
      return process
    }
    let notes = (0..<50_000).map { fd in
      var descriptor = Descriptor(fd: fd)
      descriptor.note = .init(call: 0, ticks: 15, stack: stack)
      return descriptor
    }
    trace.processes[19_999].descriptors = notes
    #expect(trace.addressesOfGeneratedCode().isEmpty)
    trace.processes[60].descriptors = notes
    #expect(trace.addressesOfGeneratedCode() == [1: [0x7000]])
  }

  @Test("Events of a process have its stacks, and a stack that leads in a circle ends")
  func events() throws {
    var builder = TraceBuilder()
    var record = fdt_record()
    (record.event, record.stack) = (UInt8(FDT_EVENT_OPENED.rawValue), 1)
    builder.chunk(0, sequence: 1, records: [record])
    builder.chunk(1, sequence: 2, process: 2, records: [record])
    builder.header.ring_next = 2
    var trace = try builder.read()
    let circle = StackStore.Node(frame: 0x7001, parent: 1)
    trace.stacks.insert(.init(frame: 0x7000, parent: 2), as: 1)
    trace.stacks.insert(circle, as: 2)
    trace.nameGeneratedCode([2: [0x7000: 5, 0x7001: 6]])
    var stacks: [Int: StackNumber] = [:]
    trace.events.forEachInTime { stacks[$0.process] = $0.stack }
    #expect(stacks[1] == 1)
    #expect(trace.events.inOrder().map(\.stack) == [1, stacks[2]])
    let frames = try trace.stacks.frames(of: #require(stacks[2]))
    #expect(frames.prefix(2) == [.generated(5), .generated(6)] && frames.last == .cut)
  }

  @Test("No frame of a trace is one that was numbered here")
  func hostile() throws {
    var builder = TraceBuilder()
    for (slot, frame) in [Frame.generated(0), .ways].enumerated() {
      builder.put(fdt_stack_node(frame: frame.word, parent: 0, path: 0), FDT_SECTION_STACKS, slot)
    }
    let stacks = try builder.read().stacks
    #expect(stacks.frames(of: 1).isEmpty && stacks.frames(of: 2).isEmpty)
    for number in [0, 1, 1 << 16] {
      #expect(Frame(word: Frame.generated(number).word) == .generated(number))
    }
  }
}
