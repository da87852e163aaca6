import TraceModel

/// Listeners that a program was started with, and accepts connections on: by whatever convention
/// it was told of them (`LISTEN_FDS`, a variable of its own), they were meant for it.
struct ServedListeners {
  private let population: Population
  /// The programs that serve each, by the records with which they began.
  private var programs: [ListenerOpening: Set<Int>] = [:]

  init(_ trace: Trace, _ population: Population) {
    self.population = population
    let accepting = Set(
      trace.calls.indices.filter { CallName.accepts(trace.calls[$0]) }
        .compactMap { UInt16(exactly: $0) })
    let servers = Set(
      trace.sites.lazy.filter { $0.opened > 0 && accepting.contains($0.call) }.map(\.process))
    // Workers have one family: each table is gone through once.
    var known: [Int: Listeners] = [:]
    for server in servers {
      let family = Self.family(of: server, in: population)
      for process in family where known[process.id] == nil {
        known[process.id] = Listeners(process)
      }
      guard let program = family.last?.id,
        !family.contains(where: { known[$0.id]?.haveOwn == true })
      else { continue }
      for opening in known[program]?.given ?? [] {
        programs[opening, default: []].insert(program)
      }
    }
  }

  /// Those of one process.
  private struct Listeners {
    var given: [ListenerOpening] = []
    var haveOwn = false

    init(_ process: TracedProcess) {
      for descriptor in process.descriptors where descriptor.isListening {
        if descriptor.via == .exec { given.append(ListenerOpening(descriptor)) }
        if descriptor.via == .open { haveOwn = true }
      }
    }
  }

  /// The process and those that it was forked from, up to where their program began.
  private static func family(of process: Int, in population: Population) -> [TracedProcess] {
    var line: [TracedProcess] = []
    var next = population[process]
    while let process = next, line.count < Ancestry.limit {
      line.append(process)
      guard process.how.isCopy else { break }
      next = process.parent.flatMap { population[$0] }
    }
    return line
  }

  /// Whether the program that serves it is one that `process` came from, or that came from it.
  func contain(_ held: Descriptor, of process: Int) -> Bool {
    guard held.isListening, let serving = programs[ListenerOpening(held)] else { return false }
    return serving.contains { program in
      isBelow(process, program) || isBelow(program, process)
    }
  }

  private func isBelow(_ process: Int, _ ancestor: Int) -> Bool {
    var next: Int? = process
    for _ in 0..<Ancestry.limit {
      guard let id = next else { return false }
      if id == ancestor { return true }
      next = population[id]?.parent
    }
    return false
  }
}
