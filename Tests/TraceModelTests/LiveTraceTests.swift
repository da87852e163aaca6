import FDTrackFormat
import Foundation
import TraceBytes
import Testing

@testable import TraceModel

@Suite("A trace that is looked at while it is written") struct LiveTraceTests {
  private func live(_ builder: TraceBuilder) throws -> LiveTrace {
    try LiveTrace(TraceBytes(builder.file))
  }

  @Test("What is open now is there, with the names of who has it")
  func open() throws {
    var live = try live(.sample())
    let reading = try live.read()
    #expect(reading.processes.map(\.exe) == ["/bin/app"])
    #expect(reading.processes.first?.argv == ["app"])
    #expect(reading.processes.first?.descriptors.map(\.fd) == [3])
    #expect(reading.processes.first?.descriptors.first?.detail == nil)
    #expect(reading.sites.map(\.id) == [3])
    #expect(reading.host == "box")
    #expect(reading.clock.originMonotonicNs == 1000)
    #expect(reading.calls == TraceBuilder.callNames)
  }

  @Test("It agrees with the whole trace about sites and stacks")
  func agrees() throws {
    let builder = TraceBuilder.sample()
    let trace = try builder.read()
    var live = try live(builder)
    #expect(try live.read().sites == trace.sites)
    for stack: StackNumber in [0, 5, 10, 11, 64, 65, .max] {
      #expect(live.frames(of: stack) == trace.stacks.frames(of: stack), "stack \(stack)")
    }
    #expect(live.module(1) == trace.modules[0])
    #expect(live.module(0) == nil && live.module(2) == nil && live.module(.max) == nil)
  }

  @Test("Names of calls beyond those that records can refer to are not read, in either way")
  func callNames() throws {
    var counts = TraceBuilder.counts
    counts[Int(FDT_SECTION_CALLS.rawValue)] = 1 << 17
    var builder = TraceBuilder(counts: counts)
    var call = fdt_call()
    call.name.0 = CChar(UInt8(ascii: "x"))
    builder.put(call, FDT_SECTION_CALLS, 1 << 16)
    var live = try live(builder)
    #expect(try live.read().calls == TraceBuilder.callNames)
    #expect(try builder.read().calls == TraceBuilder.callNames)
    builder.put(call, FDT_SECTION_CALLS, 1 << 16 - 1)
    #expect(try builder.read().calls.count == 1 << 16)
  }

  @Test("Of a process whose end was recorded nothing is open")
  func ended() throws {
    var builder = TraceBuilder.sample()
    var entry = TraceBuilder.live()
    entry.stack = 10
    let block = builder.block([1: entry])
    builder.process(1) {
      $0.end_kind = FDT_END_EXIT.rawValue
      $0.direct.0 = block
    }
    var live = try live(builder)
    let reading = try live.read()
    #expect(reading.processes.map(\.descriptors.count) == [1, 0])
    #expect(reading.processes.last?.exe == nil)
  }

  @Test("A program has what it was called by, whether its file is known or not")
  func unnamed() throws {
    var builder = TraceBuilder.sample()
    let arguments = builder.string("tool\0-x\0")
    builder.process(1) { $0.argv = arguments }
    var live = try live(builder)
    #expect(try live.read().processes.map(\.argv) == [["app"], ["tool"]])
  }

  @Test("A descriptor that is closed is not open")
  func closed() throws {
    var builder = TraceBuilder.sample()
    let block = builder.block([
      0: TraceBuilder.live(state: FDT_LIVE_CLOSED), 1: TraceBuilder.live(state: FDT_LIVE_CLOSING),
      2: TraceBuilder.live(state: FDT_LIVE_VANISHED), 3: TraceBuilder.live(),
    ])
    builder.process(0) { $0.direct.0 = block }
    var live = try live(builder)
    #expect(try live.read().processes.first?.descriptors.map(\.fd) == [3])
  }

  @Test("Stacks of equal content have one number")
  func canonical() throws {
    var builder = TraceBuilder.sample()
    func put(_ number: Int, _ frame: UInt64, _ parent: UInt32) {
      builder.put(
        fdt_stack_node(frame: 1 << 48 | frame, parent: parent, path: 0), FDT_SECTION_STACKS,
        number - 1)
    }
    put(20, 0x1000, 0)
    put(21, 0x2000, 20)
    put(22, 0x2001, 20)
    var live = try live(builder)
    #expect(live.canonical(10) == 10)
    #expect(live.canonical(21) == 10)
    #expect(live.canonical(20) == 5)
    #expect(live.canonical(22) == 22)
    #expect(live.canonical(10) == 10)
    #expect(live.canonical(0) == 0)
    #expect(live.canonical(60) == 60, "never stored")
    var site = fdt_site()
    site.state = FDT_RECORD_READY.rawValue
    site.stack = 21
    builder.put(site, FDT_SECTION_SITES, 3)
    live = try self.live(builder)
    #expect(try live.read().sites.map(\.stack) == [10, 10])
  }

  /// Stack 20 leads through code at 0x7000 and 0x7001, in processes 1 and 2; the latter has ended.
  private func builderWithGeneratedCode() -> TraceBuilder {
    var builder = TraceBuilder.sample()
    for (number, frame, parent) in [(18, 0x7001, 5), (19, 0x7000, 18), (20, 1 << 48 | 8, 19)] {
      builder.put(
        fdt_stack_node(frame: UInt64(frame), parent: UInt32(parent), path: 0), FDT_SECTION_STACKS,
        number - 1)
    }
    builder.process(1) {
      $0.end_kind = FDT_END_EXIT.rawValue
      $0.start_ticks = 3000
    }
    for process in [0, 1] as [UInt32] {
      var site = fdt_site()
      site.state = FDT_RECORD_READY.rawValue
      (site.stack, site.process) = (20, process)
      builder.put(site, FDT_SECTION_SITES, 4 + Int(process))
    }
    return builder
  }

  @Test("Code outside of modules has each process's own names, as in a report")
  func generated() throws {
    let builder = builderWithGeneratedCode()
    var live = try live(builder)
    var reading = try live.read()
    let wanted = live.addressesOfGeneratedCode(of: reading)
    let trace = try builder.read()
    #expect(wanted == trace.addressesOfGeneratedCode())
    let ids = reading.sites.suffix(2).map(\.process)
    try #require(Set(ids).count == 2)
    #expect(ids.allSatisfy { wanted[$0] == [0x7000, 0x7001] })
    let before = reading
    live.nameGeneratedCode([ids[0]: [0x7000: 0], ids[1]: [0x7000: 1, 0x7001: 2]], in: &reading)
    let stacks = reading.sites.suffix(2).map(\.stack)
    let outer = live.frames(of: 5)
    let inner = Frame.code(module: 1, address: 8)
    #expect(live.frames(of: stacks[0]) == [inner, .generated(0), .absolute(0x7001)] + outer)
    #expect(live.frames(of: stacks[1]) == [inner, .generated(1), .generated(2)] + outer)
    #expect(live.frames(of: 20) == [inner, .absolute(0x7000), .absolute(0x7001)] + outer)
    #expect(reading.sites.dropLast(2) == before.sites.dropLast(2))

    // The next look.
    var next = try live.read()
    #expect(next == before)
    live.nameGeneratedCode([ids[0]: [0x7000: 0], ids[1]: [0x7000: 0]], in: &next)
    #expect(next.sites.suffix(2).map(\.stack) == [stacks[0], stacks[0]], "equal names, one stack")
    live.nameGeneratedCode([:], in: &next)
    next = before
    live.nameGeneratedCode([:], in: &next)
    #expect(next == before)
  }

  @Test("A circle of stacks ends")
  func circle() throws {
    var builder = TraceBuilder.sample()
    for (slot, parent) in [(29, 31), (30, 30)] as [(Int, UInt32)] {
      builder.put(
        fdt_stack_node(frame: 1 << 48 | UInt64(slot), parent: parent, path: 0),
        FDT_SECTION_STACKS, slot)
    }
    var live = try live(builder)
    #expect(live.frames(of: 30).last == .cut)
    _ = live.canonical(30)
    _ = live.canonical(31)
    #expect(live.canonical(30) == live.canonical(30))
  }

  @Test("What is written between two looks is seen by the second")
  func follows() throws {
    let path = NSTemporaryDirectory() + "/live-\(UUID().uuidString)"
    defer { unlink(path) }
    var builder = TraceBuilder.sample()
    try Data(builder.file).write(to: URL(fileURLWithPath: path))
    var live = try LiveTrace(path: path)
    #expect(try live.read().sites.first?.opened == 4)
    var site = fdt_site()
    site.state = FDT_RECORD_READY.rawValue
    site.opened = 9
    builder.put(site, FDT_SECTION_SITES, 2)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.write(contentsOf: builder.file)
    #expect(try live.read().sites.first?.opened == 9)
    let size = UInt64(builder.file.count)
    for left in [size - 1, 100, 0] {
      try file.truncate(atOffset: left)
      #expect(throws: TraceError.truncated(offset: 0, need: size, have: left)) {
        try live.read()
      }
    }
  }

  @Test("Damage anywhere in the file is no crash")
  func damaged() throws {
    var generator = SystemRandomNumberGenerator()
    let seed = generator.next()
    var random = LinearRandom(state: seed)
    let sound = TraceBuilder.sample().file
    for _ in 0..<300 {
      var bytes = sound
      for _ in 0..<(1 + random.next() % 40) {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      guard var live = try? LiveTrace(TraceBytes(bytes)), let reading = try? live.read() else {
        continue
      }
      for site in reading.sites {
        #expect(live.frames(of: site.stack).count <= 1025, "seed \(seed)")
        for case .code(let module, _) in live.frames(of: site.stack) { _ = live.module(module) }
      }
    }
  }
}

private struct LinearRandom {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 16
  }
}
