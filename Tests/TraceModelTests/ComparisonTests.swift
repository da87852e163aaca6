import Testing

@testable import TraceModel

@Suite("Tables of what still runs, compared with the kernel's")
struct ComparisonTests {
  private var trace: Trace
  private var later: LiveReading

  init() {
    let living = LivingTrace(
      Self.descriptor(3, .open), Self.descriptor(5, .closed), Self.descriptor(6, .closing),
      Self.descriptor(7, .open))
    (trace, later) = (living.trace, living.later)
  }

  private static func descriptor(_ fd: Int, _ state: Descriptor.State) -> Descriptor {
    var descriptor = Descriptor(fd: fd)
    descriptor.generation = 3
    descriptor.state = state
    return descriptor
  }

  /// The process when the kernel had `numbers` open.
  private func compared(_ numbers: Int...) -> TracedProcess {
    var trace = trace
    let known = trace.openNumbers(of: trace.processes[0])
    let unknown = numbers.filter { !known.contains($0) }.map {
      DescriptorSight(fd: $0, kind: .file)
    }
    trace.compare(
      with: [1: TableSight(open: Set(numbers), unknown: unknown)], untilMonotonicNs: 1400,
      confirmedBy: later)
    return trace.processes[0]
  }

  @Test("What the kernel has and the trace does not is entered as unseen, in order")
  func unseen() {
    let process = compared(3, 4, 5, 6, 7, 9)
    #expect(process.isCompared && process.unseen == 3 && process.vanished == 0)
    #expect(process.descriptors.map(\.fd) == [3, 4, 5, 6, 7, 9])
    let entered = process.descriptors.filter { $0.via == .unseen }
    #expect(entered.map(\.fd) == [4, 5, 9])
    #expect(entered.allSatisfy { $0.openedTicks == 50 + 800 && $0.state == .open })
  }

  @Test("Who has recorded nothing, and so no length of a tick, is compared all the same")
  mutating func silent() {
    trace.clock.scale = nil
    trace.clock.latestTicks = 60
    let process = compared(3, 4, 6, 7)
    #expect(process.isCompared && process.unseen == 1)
    #expect(process.descriptor(4)?.openedTicks == 60)
  }

  @Test("What the trace has and the kernel does not has vanished")
  func vanished() {
    let process = compared(3)
    #expect(process.vanished == 1 && process.unseen == 0)
    #expect(process.descriptor(7)?.state == .vanished)
    #expect(process.descriptor(6)?.state == .closing)
  }

  @Test("A number that was opened or closed meanwhile is neither")
  mutating func meanwhile() {
    later.processes[0].descriptors[1].generation = 4
    later.processes[0].descriptors[3].state = .closed
    later.processes[0].descriptors.append(Self.descriptor(9, .closed))
    let process = compared(3, 5, 6, 9)
    #expect(process.isCompared && process.unseen == 0 && process.vanished == 0)
  }

  @Test("Nothing is compared when the process has ended, or another trace confirms it")
  mutating func unconfirmed() {
    later.traceID = 78
    #expect(!compared(4).isCompared)
    later.traceID = 77
    later.processes[0].end = .exit(status: 0)
    #expect(!compared(4).isCompared)
  }
}
