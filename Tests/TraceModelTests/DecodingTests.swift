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
    builder.put(record, FDT_SECTION_MISUSES, 2)
    (record.low_fd, record.high_fd) = (9, 3)
    builder.put(record, FDT_SECTION_MISUSES, 3)
    let trace = try builder.read()
    #expect(trace.damaged == 1)
    let misuse = try #require(trace.misuses.first)
    #expect((misuse.kind, misuse.fds, misuse.count) == (.closeAgain, 3...9, 5))
    #expect((misuse.act.stack, misuse.opened.stack, misuse.closed.stack) == (10, 11, 12))
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
  }

  @Test("A descriptor above the direct blocks is found through the index units")
  func highDescriptor() throws {
    var builder = TraceBuilder()
    let block = builder.block([1: TraceBuilder.live()])
    let leaf = builder.units()
    let middle = builder.units()
    // fd = (2 * 256 + 3) * 2048 + 5 * 16 + 1
    builder.put(block, at: builder.unitOffset(leaf) + 5 * MemoryLayout<fdt_block_ref>.stride)
    builder.put(leaf, at: builder.unitOffset(middle) + 3 * 4)
    builder.process(0) { $0.root.2 = middle }
    let trace = try builder.read()
    #expect(trace.processes[0].descriptors.map(\.fd) == [(2 * 256 + 3) * 2048 + 5 * 16 + 1])
    #expect(trace.damaged == 0)
  }

  @Test("Siblings have what they share, and a child's own block in the place of a shared one")
  func sharedTables() throws {
    var builder = TraceBuilder()
    let parent = builder.block(
      [1: TraceBuilder.live()], details: [1: TraceBuilder.detail(path: "/a")])
    let image = builder.sharedTable([1: TraceBuilder.live(via: FDT_VIA_FORK)], slot: 5)
    let own = builder.block([:])
    builder.process(0) { $0.direct.0 = parent }
    for slot in 1...3 {
      builder.process(slot) {
        $0.parent = 1
        $0.direct.0 = slot == 3 ? own : image.block
        $0.root.0 = image.root
      }
    }
    let trace = try builder.read()
    let high = 5 * Int(FDT_BLOCK_FDS) + 1
    #expect(
      trace.processes.map { $0.descriptors.map(\.fd) } == [[1], [1, high], [1, high], [high]])
    #expect(trace.processes.map { $0.descriptors[0].via } == [.open, .fork, .fork, .fork])
    #expect(trace.processes.map { $0.descriptors[0].detail?.text } == ["/a", "/a", "/a", nil])
    #expect(trace.damaged == 0)
  }

  @Test("A unit of a process's own is not given to another by a second reference")
  func ownUnitTwice() throws {
    var builder = TraceBuilder()
    let block = builder.block([1: TraceBuilder.live()])
    builder.process(0) { $0.direct.0 = block }
    builder.process(1) { $0.direct.0 = block }
    let trace = try builder.read()
    #expect(trace.processes.map(\.descriptors.count) == [1, 0])
    #expect(trace.damaged == 1)
  }

  @Test("Tables that share one block over and over are read up to a bound, which is told")
  func endlessSharing() throws {
    var counts = TraceBuilder.counts
    counts[Int(FDT_SECTION_PROCESSES.rawValue)] = 64
    var builder = TraceBuilder(counts: counts)
    let block = builder.sharedBlock([1: TraceBuilder.live(via: FDT_VIA_FORK)])
    let leaf = builder.units()
    for slot in 0..<Int(FDT_LEAF_ENTRIES) {
      builder.put(
        block, at: builder.unitOffset(leaf) + slot * MemoryLayout<fdt_block_ref>.stride)
    }
    let middle = builder.units()
    for slot in 0..<Int(FDT_MID_ENTRIES) {
      builder.put(leaf | FDT_REF_SHARED, at: builder.unitOffset(middle) + slot * 4)
    }
    for slot in 0..<64 {
      builder.process(slot) {
        $0.parent = UInt32(slot)
        TraceBuilder.set(&$0.root, middle | FDT_REF_SHARED, at: slot % Int(FDT_ROOT_BLOCKS))
      }
    }
    let trace = try builder.read()
    #expect(trace.processes.reduce(0) { $0 + $1.descriptors.count } <= LiveTableDecoder.sharedUnits)
    #expect(trace.processes[0].descriptors.count == Int(FDT_MID_ENTRIES * FDT_LEAF_ENTRIES))
    #expect(trace.processes[63].descriptors.isEmpty)
    #expect(trace.damaged > 0)
  }

  @Test("Shared references that lead in circles or out of the section are refused")
  func tangledSharing() throws {
    var builder = TraceBuilder()
    let circle = builder.units()
    for slot in 0..<Int(FDT_MID_ENTRIES) {
      builder.put(circle | FDT_REF_SHARED, at: builder.unitOffset(circle) + slot * 4)
    }
    builder.process(0) { $0.root.0 = circle | FDT_REF_SHARED }
    builder.process(1) { $0.root.0 = FDT_REF_SHARED | 0x7fff_ffff }
    builder.process(2) { $0.direct.0 = fdt_block_ref(live: FDT_REF_SHARED, detail: 0) }
    let trace = try builder.read()
    #expect(trace.processes[1].descriptors.isEmpty && trace.processes[2].descriptors.isEmpty)
    #expect(trace.damaged > 0)
  }

  @Test("A detail of another generation is not taken for this opening's")
  func staleDetail() throws {
    var builder = TraceBuilder()
    let block = builder.block(
      [3: TraceBuilder.live(generation: 2)],
      details: [3: TraceBuilder.detail(path: "/old", generation: 1)])
    builder.process(0) { $0.direct.0 = block }
    #expect(try builder.read().processes[0].descriptors.first?.detail == nil)
  }

  @Test("What fork copied takes its name from the opener, two processes up")
  func inheritedDetail() throws {
    var builder = TraceBuilder()
    var blocks = [
      builder.block(
        [3: TraceBuilder.live(generation: 4)],
        details: [3: TraceBuilder.detail(path: "/shared", generation: 4)])
    ]
    for _ in 1...2 {
      blocks.append(builder.block([3: TraceBuilder.live(generation: 4, via: FDT_VIA_FORK)]))
    }
    for (slot, block) in blocks.enumerated() {
      builder.process(slot) {
        $0.direct.0 = block
        $0.parent = UInt32(slot)
        $0.how = slot == 0 ? 0 : FDT_HOW_FORK.rawValue
      }
    }
    let trace = try builder.read()
    #expect(
      trace.processes.map { $0.descriptors[0].detail?.text } == ["/shared", "/shared", "/shared"])
  }

  @Test("A number that the opener used again since lends no name to its heir")
  func inheritedDetailOfAnother() throws {
    var builder = TraceBuilder()
    let parent = builder.block(
      [3: TraceBuilder.live(generation: 5)],
      details: [3: TraceBuilder.detail(path: "/later", generation: 5)])
    let child = builder.block([3: TraceBuilder.live(generation: 4, via: FDT_VIA_FORK)])
    builder.process(0) { $0.direct.0 = parent }
    builder.process(1) {
      $0.direct.0 = child
      $0.parent = 1
    }
    #expect(try builder.read().processes[1].descriptors[0].detail == nil)
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

  @Test("A ring that wrapped counts what it kept exactly and the rest as full chunks")
  func wrappedRing() throws {
    var builder = TraceBuilder()
    var record = fdt_record()
    record.event = UInt8(FDT_EVENT_CLOSED.rawValue)
    record.ticks = 10
    var later = record
    later.ticks = 20
    // Sequences 5 and 6 replaced 1 and 2; 3 and 4 stand.
    builder.chunk(0, sequence: 5, records: [later, record])
    builder.chunk(1, sequence: 6, records: [record])
    builder.chunk(2, sequence: 3, records: [record])
    builder.chunk(3, sequence: 4, records: [record])
    builder.header.ring_next = 6
    let events = try builder.read().events
    #expect(events.kept == 5 && events.total == 5 + 2 * 127 && !events.isTotalExact)
    #expect(events.inOrder().map(\.ticks) == [10, 10, 10, 10, 20])
  }

  @Test("Chunks are merged in order of time, and tell since when none was overwritten")
  func mergedRing() throws {
    var builder = TraceBuilder()
    let times: [[UInt64]] = [[30, 31, 90], [], [10, 40, 50], [20, 60, 70]]
    for (slot, times) in times.enumerated() {
      let records = times.map { ticks in
        var record = fdt_record()
        record.ticks = ticks
        record.event = UInt8(FDT_EVENT_OPENED.rawValue)
        return record
      }
      builder.chunk(slot, sequence: [5, 6, 3, 4][slot], records: records)
    }
    builder.header.ring_next = 6
    let ring = try builder.read().events
    var merged: [UInt64] = []
    ring.forEachInTime { merged.append($0.ticks) }
    #expect(merged == [10, 20, 30, 31, 40, 50, 60, 70, 90])
    #expect(ring.wholeSinceTicks == 10)
  }

  @Test("Records of a chunk's earlier round do not count")
  func staleRecords() throws {
    var builder = TraceBuilder()
    var record = fdt_record()
    record.event = 1
    builder.chunk(0, sequence: 5, records: [record], tag: 1)
    builder.header.ring_next = 5
    #expect(try builder.read().events.kept == 0)
  }

  @Test("A chunk whose sequence belongs elsewhere does not count")
  func misplacedChunk() throws {
    var builder = TraceBuilder()
    var record = fdt_record()
    record.event = 1
    builder.chunk(2, sequence: 1, records: [record])
    builder.header.ring_next = 3
    #expect(try builder.read().events.kept == 0)
  }
}
