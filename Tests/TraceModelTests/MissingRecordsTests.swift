import FDTrackFormat
import Testing

@testable import TraceModel

/// What a copy that broke off, or a disk without power, leaves as zeros.
@Suite("Missing records")
struct MissingRecordsTests {
  /// A process that holds four files and has opened ten, and a child that holds the first.
  private func story(_ change: (inout TraceBuilder) -> Void = { _ in }) throws -> Trace {
    var builder = TraceBuilder.sample()
    var entry = TraceBuilder.live()
    (entry.stack, entry.site) = (10, 3)
    let block = builder.block([3: entry, 4: entry, 5: entry, 6: entry])
    var inherited = entry
    inherited.via = UInt8(FDT_VIA_FORK.rawValue)
    let childs = builder.block([3: inherited])
    let exe = builder.string("/bin/child")
    builder.process(0) {
      ($0.exe, $0.direct.0) = (exe, block)
      ($0.opened, $0.closed) = (10, 6)
      $0.end_kind = FDT_END_EXIT.rawValue
    }
    builder.process(1) {
      ($0.parent, $0.how, $0.direct.0) = (1, FDT_HOW_FORK.rawValue, childs)
      ($0.inherited, $0.end_kind) = (1, FDT_END_EXIT.rawValue)
    }
    var site = builder.site()
    (site.opened, site.closed) = (10, 6)
    builder.put(site, FDT_SECTION_SITES, 2)
    change(&builder)
    return try builder.read()
  }

  @Test("A whole trace misses none")
  func whole() throws { #expect(try story().damaged == 0) }

  @Test("A trace without any process is damaged")
  func noProcess() throws { #expect(try TraceBuilder().read().damaged == 1) }

  @Test(
    "What others refer to is missed",
    arguments: [
      ("a call", FDT_SECTION_CALLS, 0..<256), ("a process", FDT_SECTION_PROCESSES, 512..<1024),
      ("a site", FDT_SECTION_SITES, 128..<192), ("a stack", FDT_SECTION_STACKS, 144..<160),
      ("an outer frame", FDT_SECTION_STACKS, 64..<80), ("a module", FDT_SECTION_MODULES, 0..<64),
      ("a text", FDT_SECTION_STRINGS, 0..<4096),
    ] as [(String, fdt_section_id, Range<Int>)])
  func hole(what: String, section: fdt_section_id, bytes: Range<Int>) throws {
    let trace = try story { $0.clear(section, bytes) }
    #expect(trace.damaged > 0, "\(what)")
  }

  @Test("Tables that hold less than was opened and not closed are missed")
  func tables() throws {
    #expect(try story { $0.clear(FDT_SECTION_UNITS, 0..<64 << 10) }.damaged == 1)
    // Lost to want of room, it is told as that.
    let full = try story {
      $0.clear(FDT_SECTION_UNITS, 0..<64 << 10)
      $0.header.losses.1 = 3
    }
    #expect(full.damaged == 0 && full.lacksDescriptors)
  }

  @Test("Whoever was killed may have counted an open that its table does not have")
  func underWay() throws {
    let killed = try story { builder in
      builder.process(0) {
        $0.opened = 2
        $0.inherited = 0
      }
    }
    #expect(killed.damaged == 0)
  }

  @Test("A record that was taken and never written to is a killed maker's, not each one's")
  func blank() throws {
    #expect(try story { $0.header.processes_next = 4 }.damaged == 2)
    let killed = try story {
      $0.header.processes_next = 3
      $0.process(1) { $0.parent = 1 }
    }
    #expect(killed.damaged == 0)
  }

  @Test("Chunks of the history are missed, but for those that threads were about to begin")
  func ring() throws {
    #expect(try story { $0.header.ring_next = 2 }.damaged == 0)
    #expect(try story { $0.header.ring_next = 4 }.damaged == 3)
  }
}
