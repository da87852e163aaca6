import TraceModel

extension InheritanceAudit {
  /// `running` and `gone`: the processes that the caller knows to be alive, or not to be.
  init(
    _ trace: Trace, _ views: [ProcessView], sites: SiteGrouping, running: Set<Int>, gone: Set<Int>
  ) {
    let population = Population(trace.processes)
    let lives = Lives(trace.processes, running: running, gone: gone)
    let candidates = Candidates(views, population, lives)
    var numbers: Set<FlagHistory.Number> = []
    for candidate in candidates.found {
      for process in [candidate.way.opener, candidate.way.starter] {
        guard let fd = population[process]?.entry(of: candidate.held)?.fd else { continue }
        numbers.insert(.init(process: process, fd: fd))
      }
    }
    let maker = RowMaker(
      trace: trace, views: views, sites: sites, lives: lives, population: population,
      lineage: Lineage(trace.processes),
      history: CloseOnExecHistory(
        trace: trace, population: population,
        flags: FlagHistory(trace.events, of: numbers)),
      inUse: candidates.inUse)
    untold = candidates.untold
    let unsorted = candidates.byOpenFile.map { maker.row($0) }
    // A row is large: it is moved once.
    rows = unsorted.map(\.sortKey).enumerated().sorted { $0.element < $1.element }
      .map { unsorted[$0.offset] }
  }
}

extension InheritanceAudit.Row {
  /// The order of a table, without ties: of one process no two rows have the same fd.
  fileprivate var sortKey: (Int, Int, Int, Int, Int) {
    (
      isListening ? 0 : 1, keepsAddressBusy ? 0 : 1, isAccused ? 0 : 1, holder,
      handles[0].fds[0]
    )
  }
}

/// What is open in a process after it crossed an exec.
private struct Candidate {
  /// Index of its holder's view.
  var view: Int
  var held: Descriptor
  var way: Ancestry.Way
}

private struct Candidates {
  /// More are only counted: a small trace can have thousands of programs share one table.
  private static let limit = 1 << 18

  /// They come first, as they keep ports taken.
  private var listeners: [Candidate] = []
  private var others: [Candidate] = []
  private(set) var untold: [Int: Int] = [:]
  private(set) var inUse = ListenersInUse()

  var found: some Sequence<Candidate> { [listeners, others].joined() }

  init(_ views: [ProcessView], _ population: Population, _ lives: Lives) {
    for (index, view) in views.enumerated() where !view.continues {
      add(index, view, population, lives)
    }
    let excess = max(0, listeners.count + others.count - Self.limit)
    for candidate in others.suffix(excess) {
      untold[views[candidate.view].process.id, default: 0] += 1
    }
    others.removeLast(excess)
  }

  private mutating func add(
    _ index: Int, _ view: ProcessView, _ population: Population, _ lives: Lives
  ) {
    let mayLive = lives.life(of: view.process.id) != .ended
    // Most processes hold nothing that it is to be asked of.
    var known: Ancestry?
    for list in [view.own, view.inherited] {
      for held in list
      where held.via != .outside && !held.isStandardStream
        && population.index(of: held.origin) != nil
      {
        let ancestry = known ?? Ancestry(of: view.process.id, among: population)
        known = ancestry
        let way = ancestry.way(from: held.origin, goesOnUntraced: view.goesOnUntraced)
        if let way {
          // What ended was told of by its own program: copies in a child that it forked
          // say nothing new, unless they are still there.
          guard held.via != .fork || mayLive || view.goesOnUntraced else { continue }
          let candidate = Candidate(view: index, held: held, way: way)
          if held.isListening, listeners.count < Self.limit {
            listeners.append(candidate)
          } else if !held.isListening, others.count < Self.limit {
            others.append(candidate)
          } else {
            untold[view.process.id, default: 0] += 1
          }
        } else if mayLive && held.isListening {
          inUse.insert(held)
        }
      }
    }
  }

  /// The candidates of one open file in one process together.
  var byOpenFile: [[Candidate]] {
    struct OpenFile: Hashable {
      var view: Int
      var object: UInt32
      /// Apart where nothing tells that they are one.
      var fd: Int
    }
    var order: [OpenFile] = []
    var files: [OpenFile: [Candidate]] = [:]
    for candidate in found {
      let object = candidate.held.object
      let file = OpenFile(
        view: candidate.view, object: object, fd: object == 0 ? candidate.held.fd : -1)
      if files[file] == nil { order.append(file) }
      files[file, default: []].append(candidate)
    }
    return order.compactMap { files[$0] }
  }
}

/// Listening sockets that a living program has without any exec in between: of its own, or
/// by fork alone.
private struct ListenersInUse {
  private struct Opening: Hashable {
    var origin: Int
    var ticks: UInt64
    var stack: StackNumber
  }
  private var openings: Set<Opening> = []
  private var objects: Set<UInt32> = []

  mutating func insert(_ listener: Descriptor) {
    openings.insert(Self.opening(listener))
    if listener.object != 0 { objects.insert(listener.object) }
  }

  func contains(_ listener: Descriptor) -> Bool {
    openings.contains(Self.opening(listener)) || objects.contains(listener.object)
  }

  private static func opening(_ descriptor: Descriptor) -> Opening {
    Opening(
      origin: descriptor.origin, ticks: descriptor.openedTicks, stack: descriptor.stack)
  }
}

/// An object: rows are made by it one by one, without a copy of all that it knows for each.
private final class RowMaker {
  let trace: Trace
  let views: [ProcessView]
  let sites: SiteGrouping
  let lives: Lives
  let population: Population
  let lineage: Lineage
  let history: CloseOnExecHistory
  let inUse: ListenersInUse

  init(
    trace: Trace, views: [ProcessView], sites: SiteGrouping, lives: Lives, population: Population,
    lineage: Lineage, history: CloseOnExecHistory, inUse: ListenersInUse
  ) {
    (self.trace, self.views, self.sites, self.lives) = (trace, views, sites, lives)
    (self.population, self.lineage) = (population, lineage)
    (self.history, self.inUse) = (history, inUse)
  }

  /// `candidates` are of one open file in one process, and at least one.
  func row(_ candidates: [Candidate]) -> InheritanceAudit.Row {
    let (view, way) = (views[candidates[0].view], candidates[0].way)
    let root = lineage.root(of: candidates[0].held)
    // Of duplicates one may have been looked at.
    let shown = candidates.first { $0.held.detail != nil }?.held ?? candidates[0].held
    var row = InheritanceAudit.Row(
      holder: view.process.id, opener: root.origin, opened: call(root), start: start(way, view))
    row.holderLife = lives.life(of: view.process.id)
    row.isHolderTraced = !view.goesOnUntraced && view.isTraced
    row.kind = shown.kind
    row.name = shown.displayName
    row.local = shown.detail?.local?.description
    row.remote = shown.detail?.remote?.description
    row.state = shown.displayState
    row.isListening = candidates.contains { $0.held.isListening }
    row.isUncertain = candidates.contains { $0.held.flags.contains(.uncertain) }
    row.openerLife = lives.life(of: root.origin)
    row.handles = handles(candidates)
    row.keepsAddressBusy =
      row.isListening && row.isAccused && row.openerLife == .ended && row.holderLife != .ended
      && !candidates.contains { inUse.contains($0.held) }
    return row
  }

  private func handles(_ candidates: [Candidate]) -> [InheritanceAudit.Handle] {
    struct Key: Hashable {
      var site: UInt32
      var stack: StackNumber
      var call: UInt16
      var cause: String
    }
    var handles: [Key: InheritanceAudit.Handle] = [:]
    for candidate in candidates {
      let held = candidate.held
      let cause = history.cause(of: held, on: candidate.way)
      let key = Key(site: held.site, stack: held.stack, call: held.call, cause: cause.code)
      handles[
        key,
        default: .init(
          fds: [], cause: cause, isCertain: cause != .neverSet || trace.events.isTotalExact,
          made: call(held), isDuplicate: lineage.isDuplicate(held))
      ].fds.append(held.fd)
    }
    // Candidates come in order of fd but for the process's own before what it inherited.
    return handles.values.map { handle in
      var handle = handle
      handle.fds.sort()
      return handle
    }.sorted {
      ($0.cause.isByDesign ? 1 : 0, $0.fds[0]) < ($1.cause.isByDesign ? 1 : 0, $1.fds[0])
    }
  }

  private func call(_ opening: Descriptor) -> InheritanceAudit.Call {
    .init(
      api: trace.callName(opening.call), stack: opening.stack, site: sites.group(of: opening),
      atNs: trace.clock.nanoseconds(at: opening.openedTicks), thread: opening.thread)
  }

  /// Of the last exec, into a program that is not traced, the old one's record tells.
  private func start(_ way: Ancestry.Way, _ view: ProcessView) -> InheritanceAudit.Start {
    guard let started = way.started.flatMap({ population[$0] }) else {
      let process = view.process
      return .init(
        api: trace.callName(process.execCall), stack: process.execStack,
        atNs: process.endTicks.flatMap(trace.clock.nanoseconds), by: process.id)
    }
    return .init(
      api: trace.callName(started.bornCall), stack: started.bornStack,
      atNs: trace.clock.nanoseconds(at: started.startTicks), by: way.starter,
      program: started.flags.contains(.attached) ? started.id : nil)
  }
}
