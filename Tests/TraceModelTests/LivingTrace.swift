@testable import TraceModel

/// A trace of one process, and what is read of it later, when nothing has happened since.
struct LivingTrace {
  var trace = Trace(
    info: TraceInfo(), clock: TraceClock(), stacks: StackStore(), events: EventRing())
  var later = LiveReading()

  /// It has one descriptor, number 5.
  init(_ kind: DescriptorKind) {
    var descriptor = Descriptor(fd: 5)
    descriptor.kind = kind
    descriptor.generation = 3
    self.init(descriptor)
  }

  init(_ descriptors: Descriptor...) {
    trace.clock.scale = .init(nanoseconds: 1, ticks: 2)
    trace.clock.originMonotonicNs = 1000
    trace.clock.originTicks = 50
    trace.info.traceID = 77
    var process = TracedProcess(id: 1)
    process.pid = 812
    process.descriptors = descriptors
    trace.processes = [process]
    later.traceID = 77
    later.processes = [process]
  }
}
