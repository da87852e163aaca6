import FDTrackFormat
import Testing
import TraceBytes

@testable import TraceModel

@Suite("Decoding")
struct DecodingTests {
  @Test("Every section of a sound trace arrives as values")
  func sample() throws {
    let trace = try TraceBuilder.sample().read()
    #expect(trace.damaged == 0)
    #expect(trace.info.host == "box")
    #expect(trace.calls == TraceBuilder.callNames)
    #expect(trace.callName(2) == "socket" && trace.callName(999) == "")
    let process = try #require(trace.process(1))
    #expect(process.exe == "/bin/app" && process.argv == ["app", "-v"] && process.fdLimit == 1024)
    let descriptor = try #require(process.descriptor(3))
    #expect(descriptor.kind == .file && descriptor.state == .open && descriptor.via == .open)
    #expect(descriptor.detail?.text == "/tmp/x" && descriptor.detail?.form == .path)
    #expect(
      trace.stacks.frames(of: 10) == [
        .code(module: 1, address: 0x2000), .code(module: 1, address: 0x1000),
      ])
    #expect(trace.modules.map(\.number) == [1] && trace.modules[0].buildID == [0xab, 0xcd])
    #expect(trace.sites.map(\.id) == [3] && trace.sites[0].opened == 4)
    #expect(trace.closers.map(\.site) == [3] && trace.closers[0].lifetimes[2] == 3)
    #expect(trace.events.kept == 2 && trace.events.total == 2 && trace.events.isTotalExact)
    #expect(trace.events.inOrder().map(\.fd) == [3, 3])
  }

  @Test("A misuse tells the wrong call, the open and the close before")
  func misuse() throws {
    var builder = TraceBuilder.sample()
    var record = fdt_misuse()
    record.state = FDT_RECORD_READY.rawValue
    (record.kind, record.process, record.count) = (1, 1, 5)
    (record.low_fd, record.high_fd) = (3, 9)
    (record.stack, record.opened_stack, record.closed_stack) = (10, 11, 12)
    (record.first_ticks, record.last_ticks) = (20, 30)
    builder.put(record, FDT_SECTION_MISUSES, 2)
    (record.low_fd, record.high_fd) = (9, 3)
    builder.put(record, FDT_SECTION_MISUSES, 3)
    let trace = try builder.read()
    #expect(trace.damaged == 1)
    let misuse = try #require(trace.misuses.first)
    #expect((misuse.kind, misuse.fds, misuse.count) == (.closeAgain, 3...9, 5))
    #expect((misuse.act.ticks, misuse.lastTicks) == (20, 30))
    #expect((misuse.act.stack, misuse.opened.stack, misuse.closed.stack) == (10, 11, 12))
  }

  @Test("Modules that went around the recorder are counted, and the first is named")
  func loadsAround() throws {
    var builder = TraceBuilder.sample()
    let path = builder.string("/usr/lib/php/opcache.so")
    builder.process(1) { ($0.loads_around, $0.loaded_around) = (6, path) }
    builder.process(2) { $0.loaded_around = 9999 }
    let processes = try builder.read().processes
    #expect(processes.map(\.loadsAround) == [0, 6, 0])
    #expect(processes.map(\.loadedAround) == [nil, "/usr/lib/php/opcache.so", nil])
  }

  @Test("Code that calls the kernel itself is told of the process that has it")
  func directCalls() throws {
    var builder = TraceBuilder.sample()
    builder.process(1) { $0.flags |= FDT_PROCESS_DIRECT_CALLS.rawValue }
    let processes = try builder.read().processes
    #expect(processes.map { $0.flags.contains(.directCalls) } == [false, true])
  }

  @Test("Marks tell who said what, of which thread, from when to when")
  func marks() throws {
    var builder = TraceBuilder.sample()
    builder.mark("connect", from: 5000, to: 6000)
    builder.mark("aside", thread: 77, from: 7000)
    builder.process(1) { $0.mark = 2 }
    let trace = try builder.read()
    let (whole, one) = (try #require(trace.marks.first), try #require(trace.marks.last))
    #expect((whole.id, whole.process, whole.thread, whole.name) == (1, 1, nil, "connect"))
    #expect(whole.beginTicks == 5000 && whole.endTicks == 6000)
    #expect((one.id, one.thread, one.name, one.endTicks) == (2, 77, "aside", nil))
    #expect(trace.process(1)?.mark == nil && trace.process(2)?.mark == 2)
  }

  @Test("A name that the recorder cut says so, and one that it could not keep is none")
  func markNames() throws {
    var builder = TraceBuilder.sample()
    builder.mark("none", from: 5000)
    var record = fdt_mark()
    record.state = FDT_RECORD_READY.rawValue
    record.name = builder.string("long na", cut: true)
    builder.put(record, FDT_SECTION_MARKS, 1)
    record.name = 0
    builder.put(record, FDT_SECTION_MARKS, 2)
    record.state = FDT_RECORD_BUSY.rawValue
    builder.put(record, FDT_SECTION_MARKS, 3)
    builder.header.marks_next = 8
    #expect(try builder.read().marks.map(\.name) == ["none", "long na...", nil])
  }

  @Test("A trace of a recorder that knew no marks is read as it was")
  func withoutMarks() throws {
    let older = TraceBuilder(counts: Array(TraceBuilder.counts.dropLast()))
    #expect(try older.read().marks.isEmpty)
  }

  @Test("Losses carry their names, and zeros are left out")
  func losses() throws {
    var builder = TraceBuilder.sample()
    builder.header.losses.3 = 7
    let losses = try builder.read().losses
    #expect(losses.map(\.name) == ["stacks"] && losses.map(\.count) == [7])
    #expect(losses[0].text == "events without a stack: the stack store is full")
    builder.header.losses.3 = 1
    let one = try builder.read().losses
    #expect(one[0].text == "event without a stack: the stack store is full")
    #expect(one[0].about == losses[0].about)
  }

  @Test("Losses keep their numbers, and one that is none's is told all the same")
  func lossNumbers() throws {
    var builder = TraceBuilder.sample()
    (builder.header.losses.13, builder.header.losses.14) = (1, 1)
    (builder.header.losses.15, builder.header.losses.17) = (1, 1)
    let names = try builder.read().losses.map(\.name)
    #expect(names == ["spawn_ambiguous", "loss_14", "misuses", "marks"])
  }

  @Test("A process that was never published is left out, and ids stay")
  func unpublishedProcess() throws {
    var builder = TraceBuilder()
    builder.process(0) { $0.state = FDT_RECORD_BUSY.rawValue }
    builder.process(1) { $0.parent = 1 }
    let trace = try builder.read()
    #expect(trace.processes.map(\.id) == [2] && trace.process(1) == nil)
  }

  @Test("How long a peer has been gone is told of connections without a text alone")
  func peerClosed() throws {
    var builder = TraceBuilder()
    var gone = fdt_detail()
    gone.generation = TraceBuilder.detail(path: "").generation
    gone.tcp_state = 8
    gone.text_ref = 31
    var unasked = gone
    unasked.text_ref = 0
    var named = gone
    named.form = UInt8(FDT_TEXT_SUN.rawValue)
    var open = gone
    open.tcp_state = 1
    let live = TraceBuilder.live()
    let block = builder.block(
      [3: live, 4: live, 5: live, 6: live], details: [3: gone, 4: unasked, 5: named, 6: open])
    builder.process(0) { $0.direct.0 = block }
    let descriptors = try builder.read().processes[0].descriptors
    #expect(descriptors.map { $0.detail?.peerClosedNs } == [30_000_000, nil, nil, nil])
  }

  @Test("Long texts come from the string store")
  func longText() throws {
    var builder = TraceBuilder()
    let long = String(repeating: "d/", count: 200)
    var detail = TraceBuilder.detail(path: "")
    detail.text_ref = builder.string(long)
    detail.text_size = UInt16(long.utf8.count)
    let block = builder.block([3: TraceBuilder.live()], details: [3: detail])
    builder.process(0) { $0.direct.0 = block }
    #expect(try builder.read().processes[0].descriptors[0].detail?.text == long)
  }
}

extension Trace {
  fileprivate func process(_ id: Int) -> TracedProcess? { processes.first { $0.id == id } }
}
