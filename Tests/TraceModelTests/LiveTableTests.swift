import FDTrackFormat
import Testing
import TraceBytes

@testable import TraceModel

@Suite("Decoding live tables")
struct LiveTableTests {
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
}
