import Reporting
import TraceModel

extension WatchSample {
  /// What a reading is looked at with.
  public struct View {
    /// Only processes of this pid, as the trace numbers them; nil for all.
    public var pid: Int?
    /// `TracedProcess.id`s of those that are known not to run, though the trace does not tell.
    public var gone: Set<Int> = []
    /// Those that have ended and are shown as they were then.
    public var ended: Set<Int> = []
    /// CLOCK_MONOTONIC now; nil when the trace may be of another machine or boot: ages are
    /// counted to its latest moment then.
    public var monotonicNs: UInt64?
    /// How many processes have open, by `TracedProcess.id`, as the kernel tells; of others the
    /// trace does.
    public var open: [Int: Int] = [:]
    /// Which stack stands for another: those that lead through the same functions are one site.
    public var alike: [StackNumber: StackNumber] = [:]
    /// Stacks that stand for others than at the look before, as functions of theirs have other
    /// names: which do now.
    public var renumbered: [StackNumber: StackNumber] = [:]

    public init(pid: Int? = nil) { self.pid = pid }
  }

  /// Adds a reading up.
  public init(_ reading: LiveReading, _ view: View, seconds: Double) {
    self.init(seconds: seconds)
    losses = reading.losses.map(\.name)
    let chosen = reading.processes.filter { view.pid == nil || $0.pid == view.pid }
    func isRunning(_ process: TracedProcess) -> Bool {
      process.end == .none && !view.gone.contains(process.id) || view.ended.contains(process.id)
    }
    let running = chosen.filter(isRunning)
    pids = Set(reading.processes.lazy.filter(isRunning).map(\.pid)).subtracting([0]).sorted()
    let first = chosen.first { $0.exe != nil || !$0.argv.isEmpty }
    (program, pid) = (first?.programName, first?.pid)
    processes = running.map { Process($0, open: view.open[$0.id]) }
    processes.sort { (-$0.load, -$0.open, $0.id) < (-$1.load, -$1.open, $1.id) }
    let names = Dictionary(running.map { ($0.id, $0) }) { first, _ in first }
    for index in processes.indices.prefix(Self.namedProcesses) {
      processes[index].program = names[processes[index].id]?.programName
    }

    var tally = Tally(calls: reading.calls, alike: view.alike)
    let ids = Set(chosen.map(\.id))
    for site in reading.sites { tally.count(site, isShown: ids.contains(site.process)) }
    let pids = Dictionary(reading.processes.map { ($0.id, $0.pid) }) { first, _ in first }
    for process in running {
      for descriptor in process.descriptors
      where descriptor.isOwn(of: process, pidOfOrigin: pids[descriptor.origin]) {
        tally.count(descriptor)
      }
    }
    let now = Self.nowNs(reading.clock, view)
    renumbered = view.renumbered
    let recounted = Set(renumbered.keys).union(renumbered.values)
    sites = tally.sites.map { site, oldest in
      var site = site
      site.isRecounted = recounted.contains(site.id.stack)
      if let oldest, let now, let opened = reading.clock.nanoseconds(at: oldest) {
        site.ageNs = now.subtractingWithSaturation(opened)
      }
      return site
    }
  }

  /// More than a screen has rows for.
  private static let namedProcesses = 200

  /// Nanoseconds since the clock's origin.
  private static func nowNs(_ clock: TraceClock, _ view: View) -> UInt64? {
    if let now = view.monotonicNs, let origin = clock.originMonotonicNs, now >= origin {
      return now - origin
    }
    return clock.nanoseconds(at: clock.latestTicks)
  }
}

/// Sites while they are added up.
private struct Tally {
  let calls: [String]
  let alike: [StackNumber: StackNumber]
  private var indexByID: [WatchSample.SiteID: Int] = [:]
  private var idBySite: [UInt32: WatchSample.SiteID] = [:]
  /// With when the oldest of the live ones was opened.
  private(set) var sites: [(site: WatchSample.Site, oldest: UInt64?)] = []

  init(calls: [String], alike: [StackNumber: StackNumber]) {
    (self.calls, self.alike) = (calls, alike)
  }

  private func id(_ stack: StackNumber, _ call: UInt16) -> WatchSample.SiteID {
    .init(stack: alike[stack] ?? stack, call: call)
  }

  mutating func count(_ record: SiteRecord, isShown: Bool) {
    let id = id(record.stack, record.call)
    idBySite[record.id] = id
    guard isShown else { return }
    let index = index(of: id, kind: record.kind)
    let site = sites[index].site
    sites[index].site.opened = site.opened.addingWithSaturation(record.opened)
    sites[index].site.closed = site.closed.addingWithSaturation(record.closed)
  }

  mutating func count(_ descriptor: Descriptor) {
    let id = idBySite[descriptor.site] ?? id(descriptor.stack, descriptor.call)
    let index = index(of: id, kind: descriptor.kind)
    sites[index].site.live += 1
    sites[index].oldest = min(sites[index].oldest ?? .max, descriptor.openedTicks)
  }

  private mutating func index(of id: WatchSample.SiteID, kind: DescriptorKind) -> Int {
    if let index = indexByID[id] { return index }
    let api = Int(id.call) < calls.count ? calls[Int(id.call)] : ""
    var site = WatchSample.Site(id: id, api: api)
    site.kind = kind.name
    sites.append((site, nil))
    indexByID[id] = sites.count - 1
    return sites.count - 1
  }
}

extension WatchSample.Process {
  init(_ process: TracedProcess, open counted: Int?) {
    self.init(id: process.id, pid: process.pid)
    let all = process.opened.addingWithSaturation(UInt64(process.inherited))
    let count = all.subtractingWithSaturation(process.closed)
    // Numbers of descriptors are int: of what claims more, the sum over all has an end, too.
    open = counted ?? Int(Int32(clamping: count))
    limit = process.fdLimit
    peak = max(process.peak, UInt32(clamping: open))
  }
}

extension TracedProcess {
  /// What it was called by, or else the executable's file name.
  fileprivate var programName: String? {
    ProgramName.called(by: argv.first) ?? (exe ?? argv.first).map { String($0.lastComponent) }
  }
}

extension Descriptor {
  /// Opened by the very process that has it, under whatever program it ran then.
  fileprivate func isOwn(of process: TracedProcess, pidOfOrigin: Int?) -> Bool {
    switch via {
    case .open: true
    case .exec: process.pid != 0 && pidOfOrigin == process.pid
    case .fork, .outside, .unseen: false
    }
  }
}
