import FDTrackFormat
import SeededRandom
import Testing
import TraceBytes

@testable import TraceModel

@Suite("Hostile traces")
struct HostileTests {
  /// Reads everything that is decoded on demand, too.
  private func exercise(_ bytes: [UInt8]) throws {
    let trace = try Trace(TraceBytes(bytes))
    for process in trace.processes {
      for descriptor in process.descriptors { _ = trace.stacks.frames(of: descriptor.stack) }
    }
    var identities = StackIdentities(trace.stacks)
    for site in trace.sites { _ = identities.identity(of: site.stack) }
    _ = trace.events.inOrder()
    _ = trace.clock.nanoseconds(at: .max)
  }

  private func error(_ change: (inout TraceBuilder) -> Void) -> TraceError? {
    var builder = TraceBuilder.sample()
    change(&builder)
    do {
      _ = try builder.read()
      return nil
    } catch { return error as? TraceError }
  }

  private func section(_ number: Int, _ change: (inout fdt_section) -> Void) -> TraceError? {
    error { builder in
      withUnsafeMutableBytes(of: &builder.header.sections) {
        change(&$0.bindMemory(to: fdt_section.self)[number])
      }
    }
  }

  @Test("A trace cut at any 64 bytes is refused, with the bytes that are missing")
  func truncated() throws {
    let file = TraceBuilder.sample().file
    for length in Swift.stride(from: 64, to: file.count, by: 64) {
      #expect(throws: TraceError.self, "length \(length)") {
        try exercise(Array(file.prefix(length)))
      }
    }
    #expect(throws: TraceError.truncated(offset: 0, need: UInt64(file.count), have: 4096)) {
      try exercise(Array(file.prefix(4096)))
    }
  }

  @Test("Flipped bits never do more than make an error or a trace")
  func flippedBits() {
    let sample = TraceBuilder.sample().file
    let seed = UInt64.random(in: 1...(.max))
    var random = SeededRandom(seed: seed)
    var refused = 0
    for _ in 0..<4000 {
      var file = sample
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        // Half of them in the header, where they matter most.
        let end = Bool.random(using: &random) ? 896 : file.count
        file[Int.random(in: 0..<end, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      }
      do { try exercise(file) } catch {
        #expect(error is TraceError, "seed \(seed)")
        refused += 1
      }
    }
    #expect(refused > 0 && refused < 4000, "seed \(seed)")
  }

  @Test("Random records never do more than make a trace")
  func randomRecords() throws {
    let sample = TraceBuilder.sample()
    let seed = UInt64.random(in: 1...(.max))
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      var file = sample.file
      for offset in 4096..<file.count where random.next() & 7 == 0 {
        file[offset] = UInt8(truncatingIfNeeded: random.next()) & 15
      }
      do { try exercise(file) } catch { Issue.record("seed \(seed): \(error)") }
    }
  }

  @Test("Stacks that lead in a circle end")
  func stackCycle() throws {
    var builder = TraceBuilder.sample()
    builder.put(
      fdt_stack_node(frame: 1 << 48 | 1, parent: 2, path: 0), FDT_SECTION_STACKS, 0)
    builder.put(
      fdt_stack_node(frame: 1 << 48 | 2, parent: 1, path: 0), FDT_SECTION_STACKS, 1)
    let stacks = try builder.read().stacks
    let frames = stacks.frames(of: 1)
    #expect(frames.count == StackStore.maximumDepth + 1 && frames.last == .cut)
    var identities = StackIdentities(stacks)
    #expect(identities.identity(of: 1) != 0)
  }

  @Test("A stack whose parent was never stored is marked as broken")
  func missingParent() throws {
    var builder = TraceBuilder.sample()
    builder.put(
      fdt_stack_node(frame: 1 << 48 | 1, parent: 60, path: 0), FDT_SECTION_STACKS, 0)
    let frames = try builder.read().stacks.frames(of: 1)
    #expect(frames == [.code(module: 1, address: 1), .broken])
  }

  @Test("Equal stacks under two numbers have one identity")
  func equalStacks() throws {
    var builder = TraceBuilder.sample()
    builder.put(
      fdt_stack_node(frame: 1 << 48 | 0x2000, parent: 5, path: 0), FDT_SECTION_STACKS, 20)
    builder.put(
      fdt_stack_node(frame: 1 << 48 | 0x2001, parent: 5, path: 0), FDT_SECTION_STACKS, 21)
    var identities = StackIdentities(try builder.read().stacks)
    #expect(identities.identity(of: 21) == identities.identity(of: 10))
    #expect(identities.identity(of: 22) != identities.identity(of: 10))
  }

  @Test("Cursors past the capacity are clamped")
  func cursors() throws {
    var builder = TraceBuilder.sample()
    builder.header.processes_next = .max
    builder.header.strings_next = .max
    builder.header.units_next = .max
    builder.header.ring_next = .max
    let trace = try builder.read()
    #expect(trace.processes.count == 1 && trace.events.kept == 2)
    #expect(trace.events.total == .max && !trace.events.isTotalExact)
  }

  @Test("Sections that overlap are refused by name")
  func overlap() {
    let error = section(3) { $0.offset -= 4096 }
    #expect(error == .badSection(name: "sites", offset: sectionField(3)))
  }

  @Test("A section whose end overflows is refused")
  func overflow() {
    #expect(
      section(2) { $0.offset = .max - 10 } == .badSection(name: "stacks", offset: sectionField(2)))
  }

  @Test("A count that its section cannot hold is refused")
  func hugeCount() {
    #expect(section(8) { $0.count = .max } == .badSection(name: "ring", offset: sectionField(8)))
    #expect(section(6) { $0.count = .max } == .badSection(name: "strings", offset: sectionField(6)))
  }

  @Test("Records of another size are refused")
  func recordSize() {
    #expect(
      section(1) { $0.stride = 256 } == .badSection(name: "processes", offset: sectionField(1)))
  }

  private func sectionField(_ number: Int) -> UInt64 {
    UInt64(
      (MemoryLayout<fdt_header>.offset(of: \.sections) ?? 0)
        + number * MemoryLayout<fdt_section>.stride)
  }

  @Test("A unit that two tables name is read once, and counted as damage")
  func sharedUnit() throws {
    var builder = TraceBuilder()
    let block = builder.block([3: TraceBuilder.live()])
    builder.process(0) {
      $0.direct.0 = block
      $0.direct.1 = block
    }
    builder.process(1) { $0.direct.0 = block }
    let trace = try builder.read()
    #expect(trace.processes.map(\.descriptors.count) == [1, 0] && trace.damaged > 0)
  }

  @Test("A parent that comes after its child is no parent")
  func laterParent() throws {
    var builder = TraceBuilder()
    builder.process(0) { $0.parent = 2 }
    builder.process(1) { $0.parent = 2 }
    #expect(try builder.read().processes.map(\.parent) == [nil, nil])
  }

  @Test("Overlapping strings cannot make more text than the store could hold")
  func stringBudget() {
    var bytes = [UInt8](repeating: 0, count: 4096)
    for offset in Swift.stride(from: 8, to: 2048, by: 4) { bytes[offset + 1] = 4 }
    var total = 0
    if let section = try? TraceBytes(bytes).sparse(at: 0, count: bytes.count) {
      var strings = StringTable(section)
      for offset in Swift.stride(from: UInt32(8), to: 2048, by: 4) {
        total += strings.bytes(offset)?.count ?? 0
      }
    }
    #expect(total > 0 && total <= 2 * bytes.count)
  }

  @Test("A text that many processes share is handed out as often as there is room, then refused")
  func sharedTextRoom() throws {
    let text = Array("abcdefgh".utf8)
    let bytes: [UInt8] = Array(repeating: 0, count: 8) + [8, 0, 0, 0] + text
    var strings = StringTable(
      try TraceBytes(bytes).sparse(at: 0, count: bytes.count), room: 3 * text.count)
    let got = (0..<5).map { _ in strings.text(8) }
    #expect(got == ["abcdefgh", "abcdefgh", "abcdefgh", nil, nil])
    #expect(strings.refused == 2)
  }

  @Test("A text longer than any that a recorder stores is cut")
  func longText() throws {
    let size = 3 * StringTable.longest
    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 12 + size)
    withUnsafeBytes(of: UInt32(size).littleEndian) { bytes.replaceSubrange(8..<12, with: $0) }
    var strings = StringTable(try TraceBytes(bytes).sparse(at: 0, count: bytes.count))
    #expect(strings.text(8)?.utf8.count == StringTable.longest)
  }

  @Test("The innermost frames of a stack in a circle are as many as were asked for")
  func innermostOfCycle() throws {
    var builder = TraceBuilder.sample()
    builder.put(
      fdt_stack_node(frame: 1 << 48 | 1, parent: 1, path: 0), FDT_SECTION_STACKS, 0)
    let stacks = try builder.read().stacks
    var frames: [(frame: Frame, parent: StackNumber)] = []
    stacks.innermost(5, of: 1, into: &frames)
    #expect(frames.map(\.parent) == [1, 1, 1, 1, 1])
    #expect(stacks.frames(of: 1, atMost: 2).last == .cut)
  }
}
