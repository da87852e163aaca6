import TraceModel

/// What crossed execs, and what there is to tell why each exec left it open.
struct ExecCrossings {
  let trace: Trace
  let views: [ProcessView]
  let population: Population
  let lives: Lives
  /// What programs have that were started with it.
  let kept: KeptDescriptors
  /// What processes had opened themselves and had open when they went on as other programs.
  let own: [KeptDescriptor]
  let history: CloseOnExecHistory

  /// `running` and `gone`: the processes that the caller knows to be alive, or not to be.
  init(_ trace: Trace, _ views: [ProcessView], running: Set<Int>, gone: Set<Int>) {
    (self.trace, self.views) = (trace, views)
    population = Population(trace.processes)
    lives = Lives(trace.processes, running: running, gone: gone)
    kept = KeptDescriptors(views, population, lives)
    own = Self.own(views, population)
    let numbers = Self.numbers(of: kept.found, population)
      .union(Self.numbers(of: own, population))
    history = CloseOnExecHistory(
      trace: trace, population: population, flags: FlagHistory(trace.events, of: numbers),
      named: NamedNumbers(population), served: ServedListeners(trace, population))
  }

  /// Under which they stood where somebody may have changed their flags.
  private static func numbers(
    of descriptors: some Sequence<KeptDescriptor>, _ population: Population
  ) -> Set<FlagHistory.Number> {
    var numbers: Set<FlagHistory.Number> = []
    for descriptor in descriptors {
      for process in [descriptor.way.opener, descriptor.way.starter] {
        guard let fd = population[process]?.number(of: descriptor.held) else { continue }
        numbers.insert(.init(process: process, fd: fd))
      }
    }
    return numbers
  }

  private static func own(_ views: [ProcessView], _ population: Population) -> [KeptDescriptor] {
    var next: [Int: Int] = [:]
    for program in population.processes where program.how == .exec {
      if let before = program.parent { next[before] = program.id }
    }
    return views.enumerated().flatMap { index, view -> [KeptDescriptor] in
      guard view.continues || view.goesOnUntraced else { return [] }
      let id = view.process.id
      let way = Ancestry.Way(opener: id, started: next[id], starter: id)
      return view.own.lazy.filter { !$0.isStandardStream && !$0.isCodeMap }
        .map { KeptDescriptor(view: index, held: $0, way: way) }
    }
  }
}
