import Testing

@testable import Oracle
@testable import TraceModel

@Suite("A trace held against a log")
struct ComparisonTests {
  private static let names = ["", "open", "close", "dup2", "fork"]

  private static func call(_ name: String) -> UInt16 { UInt16(names.firstIndex(of: name)!) }

  /// A program that opens 3 and 4, closes 3, forks a child that closes 4, and ends.
  private static let log = {
    var log = LogText()
    log.start()
    log.wrapped(7, "openat(AT_FDCWD, \"a\", O_RDONLY|O_CLOEXEC) = 3", in: "open")
    log.wrapped(7, "openat(AT_FDCWD, \"a\", O_RDONLY|O_CLOEXEC) = 4", in: "open")
    log.wrapped(7, "close(3) = 0", in: "close")
    log.wrapped(7, "clone(child_stack=NULL, flags=SIGCHLD) = 8", in: "fork")
    log.wrapped(8, "close(4) = 0", in: "close")
    log.line(8, "+++ exited with 0 +++")
    log.line(7, "+++ exited with 5 +++")
    return log
  }()

  private static func event(
    _ kind: Event.Kind, _ name: String, _ fd: Int, process: Int, thread: UInt32
  ) -> Event {
    Event(
      ticks: 0, kind: kind, process: process, thread: thread, call: call(name), stack: 0, fd: fd,
      result: 0)
  }

  private struct Told {
    var trace: Trace
    var events: [Event]
    var mismatches: [Mismatch] {
      Comparison(trace, events: events, ComparisonTests.log.model).mismatches
    }
  }

  private static let right: Told = {
    var trace = Trace(
      info: TraceInfo(), clock: TraceClock(scale: .init(nanoseconds: 1, ticks: 1)),
      stacks: StackStore(), events: EventRing())
    trace.calls = names
    func given(_ fds: ClosedRange<Int>, _ via: Descriptor.Via) -> [Descriptor] {
      fds.map { fd in
        var descriptor = Descriptor(fd: fd)
        descriptor.via = via
        return descriptor
      }
    }
    var parent = TracedProcess(id: 1)
    (parent.pid, parent.how, parent.flags) = (7, .start, .attached)
    (parent.opened, parent.closed, parent.inherited) = (2, 1, 3)
    parent.end = .exit(status: 5)
    var four = Descriptor(fd: 4)
    (four.call, four.flags) = (call("open"), .closeOnExec)
    parent.descriptors = given(0...2, .outside) + [four]
    var child = TracedProcess(id: 2)
    (child.pid, child.how, child.flags) = (8, .fork, .attached)
    (child.opened, child.closed, child.inherited) = (0, 1, 4)
    child.end = .exit(status: 0)
    child.descriptors = given(0...2, .fork)
    trace.processes = [parent, child]
    trace.sites = [SiteRecord(id: 1, process: 1, call: call("open"), opened: 2, closed: 1)]
    return Told(
      trace: trace,
      events: [
        event(.opened, "open", 3, process: 1, thread: 7),
        event(.opened, "open", 4, process: 1, thread: 7),
        event(.closed, "close", 3, process: 1, thread: 7),
        event(.closed, "close", 4, process: 2, thread: 8),
      ])
  }()

  @Test("What agrees is not complained of")
  func agreement() {
    #expect(Self.right.mismatches == [])
    let comparison = Comparison(Self.right.trace, events: Self.right.events, Self.log.model)
    #expect(comparison.processes == 2 && comparison.opened == 2 && comparison.closed == 2)
    #expect(comparison.hidden == 2)
  }

  /// One change to what is right, and what is said of it.
  struct Fault: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var change: @Sendable (inout Trace, inout [Event]) -> Void
    init(_ text: String, _ change: @escaping @Sendable (inout Trace, inout [Event]) -> Void) {
      testDescription = text
      self.change = change
    }
  }

  static let faults: [Fault] = [
    Fault("untracked: open at the end") { trace, _ in
      trace.processes[0].descriptors.removeLast()
    },
    Fault("stale: open in the trace") { trace, _ in
      trace.processes[1].descriptors.append(Descriptor(fd: 4))
    },
    Fault("FD_CLOEXEC is true") { trace, _ in trace.processes[0].descriptors[3].flags = [] },
    Fault("opened by open, the trace says by dup2") { trace, _ in
      trace.processes[0].descriptors[3].call = call("dup2")
    },
    Fault("was open at the start: false") { trace, _ in
      trace.processes[0].descriptors[3].via = .unseen
    },
    Fault("still being closed") { trace, _ in trace.processes[0].descriptors[3].state = .closing },
    Fault("2 were opened, the trace says 3") { trace, _ in trace.processes[0].opened = 3 },
    Fault("1 were closed, the trace says 0") { trace, _ in trace.processes[1].closed = 0 },
    Fault("4 were open at the start, the trace says 5") { trace, _ in
      trace.processes[1].inherited = 5
    },
    Fault("open opened 2, of which 1 were closed; the trace's sites say 2 and 2") { trace, _ in
      trace.sites[0].closed = 2
    },
    Fault("1 unseen") { trace, _ in trace.processes[0].unseen = 1 },
    Fault("1 vanished") { trace, _ in trace.processes[1].vanished = 1 },
    Fault("ended exited(5), the trace says exit(status: 6)") { trace, _ in
      trace.processes[0].end = .exit(status: 6)
    },
    Fault("the trace has no such process") { trace, _ in trace.processes.removeLast() },
    Fault("the log has no such process (fork)") { trace, _ in
      var third = TracedProcess(id: 3)
      (third.pid, third.how) = (8, .fork)
      trace.processes.append(third)
    },
    Fault("the trace lost 1 of sites") { trace, _ in
      trace.losses = [Loss(name: "sites", text: "", about: "", count: 1)]
    },
    Fault("the trace is damaged") { trace, _ in trace.damaged = 1 },
    Fault("opened by thread 7: [\"open\"], the trace's events say []") { _, events in
      events.remove(at: 1)
    },
    Fault("closed by thread 8: [\"close\"], the trace's events say [\"dup2\"]") { _, events in
      events[3].call = call("dup2")
    },
    Fault("refused to close by thread 7: []") { _, events in events[2].result = 9 },
  ]

  @Test("What differs is told", arguments: faults)
  func difference(fault: Fault) {
    var told = Self.right
    fault.change(&told.trace, &told.events)
    let texts = told.mismatches.map(\.text)
    #expect(texts.contains { $0.contains(fault.testDescription) }, "\(texts)")
  }

  @Test("A mismatch names the process, the record, the number, the line and the entry")
  func description() {
    var told = Self.right
    told.trace.processes[0].descriptors[3].state = .closed
    #expect(
      told.mismatches.map(\.description) == [
        "process 7, image 1, trace's process 1, fd 4, log line 10:"
          + " untracked: open at the end, by open"
          + " (entry: closed, via open, by open of thread 0 in process 0, opening 1)"
      ])
  }
}
