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
      trace.calls.indices.filter { CallName.accepts(trace.calls[$0]) }.map(UInt16.init))
    let servers = Set(
      trace.sites.lazy.filter { $0.opened > 0 && accepting.contains($0.call) }.map(\.process))
    var given: [Int: Set<ListenerOpening>] = [:]
    var ownListeners: Set<Int> = []
    for server in servers {
      for process in Self.family(of: server, in: population) {
        for descriptor in process.descriptors where descriptor.isListening {
          if descriptor.via == .exec {
            given[process.id, default: []].insert(ListenerOpening(descriptor))
          } else if descriptor.via == .open {
            ownListeners.insert(server)
          }
        }
      }
    }
    for server in servers where !ownListeners.contains(server) {
      guard let program = Self.family(of: server, in: population).last?.id else { continue }
      for opening in given[program] ?? [] { programs[opening, default: []].insert(program) }
    }
  }

  /// The process and those that it was forked from, up to where their program began.
  private static func family(of process: Int, in population: Population) -> [TracedProcess] {
    var line: [TracedProcess] = []
    var next = population[process]
    while let process = next, line.count < Ancestry.limit {
      line.append(process)
      guard process.how == .fork || process.how == .vfork else { break }
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
