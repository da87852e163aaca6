import Testing

@testable import TraceModel
@testable import Watching

@Suite("A reading, added up by call site") struct WatchSampleTests {
  private static func process(
    _ id: Int, pid: Int, _ descriptors: [Descriptor], end: TracedProcess.End = .none
  ) -> TracedProcess {
    var process = TracedProcess(id: id)
    process.pid = pid
    process.exe = "/srv/server"
    process.descriptors = descriptors
    process.opened = UInt64(descriptors.count)
    process.end = end
    process.fdLimit = 100
    return process
  }

  private static func descriptor(
    _ fd: Int, site: UInt32, via: Descriptor.Via = .open, origin: Int = 1, at ticks: UInt64 = 5000
  ) -> Descriptor {
    var descriptor = Descriptor(fd: fd)
    descriptor.site = site
    descriptor.via = via
    descriptor.origin = origin
    descriptor.openedTicks = ticks
    descriptor.stack = 77
    descriptor.call = 2
    return descriptor
  }

  private static func site(
    _ id: UInt32, process: Int, stack: StackNumber, opened: UInt64 = 10, closed: UInt64 = 8
  ) -> SiteRecord {
    var site = SiteRecord(id: id, process: process)
    site.stack = stack
    site.call = 1
    site.opened = opened
    site.closed = closed
    return site
  }

  private static func reading(
    _ processes: [TracedProcess], _ sites: [SiteRecord]
  ) -> LiveReading {
    var reading = LiveReading()
    reading.calls = ["", "open", "socket"]
    reading.processes = processes
    reading.sites = sites
    reading.clock.originTicks = 1000
    reading.clock.originMonotonicNs = 1_000_000
    reading.clock.scale = .init(nanoseconds: 1, ticks: 1)
    reading.clock.latestTicks = 9000
    return reading
  }

  private func sample(
    _ reading: LiveReading, _ change: (inout WatchSample.View) -> Void = { _ in }
  ) -> WatchSample {
    var view = WatchSample.View()
    change(&view)
    return WatchSample(reading, view, seconds: 1)
  }

  @Test("What the kernel counts is open, whatever the trace knows of")
  func counted() {
    let processes = [Self.process(1, pid: 10, []), Self.process(2, pid: 11, [])]
    let sample = sample(Self.reading(processes, [])) { $0.open = [2: 45] }
    #expect(sample.processes.map(\.open) == [45, 0] && sample.open == 45)
    #expect(sample.processes.map(\.peak) == [45, 0])
  }

  @Test("Records of equal stacks in several processes are one site")
  func sums() {
    let sample = sample(
      Self.reading(
        [
          Self.process(1, pid: 10, [Self.descriptor(3, site: 1), Self.descriptor(4, site: 1)]),
          Self.process(2, pid: 11, [Self.descriptor(3, site: 2, origin: 2)]),
        ],
        [Self.site(1, process: 1, stack: 5), Self.site(2, process: 2, stack: 5, opened: .max)]))
    #expect(sample.sites.map(\.live) == [3])
    #expect(sample.sites.first?.opened == .max, "sums end where numbers do")
    #expect(sample.sites.first?.closed == 16)
    #expect(sample.sites.first?.api == "open")
    #expect(sample.open == 3)
    #expect(sample.program == "server" && sample.pid == 10)
    #expect(sample.pids == [10, 11])
  }

  @Test("Stacks that lead through the same functions are one site")
  func alike() {
    let first = Self.process(1, pid: 10, [Self.descriptor(3, site: 1)])
    let second = Self.process(
      2, pid: 11, [Self.descriptor(3, site: 2, origin: 2), Self.descriptor(4, site: 0, origin: 2)])
    let reading = Self.reading(
      [first, second], [Self.site(1, process: 1, stack: 5), Self.site(2, process: 2, stack: 6)])
    let sites = sample(reading) {
      $0.alike = [6: 5, 77: 9]
      $0.renumbered = [8: 5]
    }.sites.sorted { $0.id < $1.id }
    #expect(sites.map(\.isRecounted) == [true, false])
    #expect(sites.map(\.id) == [.init(stack: 5, call: 1), .init(stack: 9, call: 2)])
    #expect(sites.map(\.live) == [2, 1] && sites.first?.opened == 20)
  }

  @Test("Counts that no process can have do not add up to more than there are numbers for")
  func impossibleCounts() {
    let processes = (1...4).map { id in
      var process = Self.process(id, pid: 9 + id, [])
      process.opened = .max
      return process
    }
    #expect(sample(Self.reading(processes, [])).open == 4 * Int(Int32.max))
  }

  @Test("What was inherited counts for the process, not for the site")
  func inherited() {
    let parent = Self.process(1, pid: 10, [Self.descriptor(3, site: 1)])
    var child = Self.process(2, pid: 11, [Self.descriptor(3, site: 1, via: .fork)])
    (child.opened, child.inherited) = (0, 1)
    let sample = sample(Self.reading([parent, child], [Self.site(1, process: 1, stack: 5)]))
    #expect(sample.sites.map(\.live) == [1])
    #expect(sample.processes.map(\.open) == [1, 1])
  }

  @Test("What a process kept over its own exec is still its own")
  func exec() {
    let before = Self.process(1, pid: 10, [], end: .exec)
    let after = Self.process(2, pid: 10, [Self.descriptor(3, site: 1, via: .exec)])
    let spawned = Self.process(3, pid: 12, [Self.descriptor(3, site: 1, via: .exec)])
    let sample = sample(
      Self.reading([before, after, spawned], [Self.site(1, process: 1, stack: 5)]))
    #expect(sample.sites.map(\.live) == [1])
  }

  @Test("A descriptor without a counted site has one by its stack")
  func uncounted() {
    let sample = sample(
      Self.reading([Self.process(1, pid: 10, [Self.descriptor(3, site: 0)])], []))
    #expect(sample.sites.map(\.id) == [.init(stack: 77, call: 2)])
    #expect(sample.sites.map(\.api) == ["socket"])
  }

  @Test("What has ended or is gone has nothing open, unless it is what is shown last")
  func ends() {
    let reading = Self.reading(
      [
        Self.process(1, pid: 10, [Self.descriptor(3, site: 1)]),
        Self.process(2, pid: 11, [Self.descriptor(3, site: 1)], end: .exit(status: 0)),
        Self.process(3, pid: 12, [Self.descriptor(3, site: 1)]),
      ], [Self.site(1, process: 1, stack: 5)])
    #expect(sample(reading) { $0.gone = [3] }.sites.map(\.live) == [1])
    #expect(sample(reading) { $0.gone = [1, 3] }.processes.isEmpty)
    #expect(
      sample(reading) {
        $0.gone = [1, 3]
        $0.ended = [2, 3]
      }.processes.map(\.id) == [2, 3])
  }

  @Test("One process can be looked at alone")
  func alone() {
    let reading = Self.reading(
      [
        Self.process(1, pid: 10, [Self.descriptor(3, site: 1)]),
        Self.process(2, pid: 11, [Self.descriptor(3, site: 2, origin: 2)]),
      ], [Self.site(1, process: 1, stack: 5), Self.site(2, process: 2, stack: 6, opened: 30)])
    let sample = sample(reading) { $0.pid = 11 }
    #expect(sample.sites.map(\.opened) == [30])
    #expect(sample.processes.map(\.pid) == [11])
    #expect(sample.pids == [10, 11])
  }

  @Test("The age is that of the oldest, by the clock of now or else of the trace")
  func age() {
    let reading = Self.reading(
      [
        Self.process(
          1, pid: 10,
          [Self.descriptor(3, site: 1, at: 6000), Self.descriptor(4, site: 1, at: 4000)])
      ], [Self.site(1, process: 1, stack: 5)])
    #expect(sample(reading).sites.map(\.ageNs) == [5000])
    #expect(sample(reading) { $0.monotonicNs = 1_100_000 }.sites.map(\.ageNs) == [97_000])
    #expect(sample(reading) { $0.monotonicNs = 5 }.sites.map(\.ageNs) == [5000], "another boot")
  }

  @Test("The nearest to its limit comes first")
  func order() {
    var busy = Self.process(2, pid: 11, [])
    (busy.opened, busy.fdLimit) = (50, 64)
    var unlimited = Self.process(3, pid: 12, [])
    (unlimited.opened, unlimited.fdLimit) = (900, nil)
    var torn = Self.process(4, pid: 13, [])
    torn.closed = 5
    let sample = sample(Self.reading([Self.process(1, pid: 10, []), busy, unlimited, torn], []))
    #expect(sample.processes.map(\.id) == [2, 3, 1, 4])
    #expect(sample.processes.last?.open == 0)
  }
}
