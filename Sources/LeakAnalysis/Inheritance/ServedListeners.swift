import TraceModel

/// Listeners that a program was started with, and accepts connections on: by whatever convention
/// it was told of them (`LISTEN_FDS`, a variable of its own), they were meant for it.
struct ServedListeners {
  private let descent: Descent
  /// Where the programs that serve each stand, with all that came from them: in order, and apart.
  private var served: [ListenerOpening: [Range<Int>]] = [:]

  init(_ trace: Trace, _ population: Population) {
    descent = Descent(population.processes)
    let accepting = Set(
      trace.calls.indices.filter { CallName.accepts(trace.calls[$0]) }
        .compactMap { UInt16(exactly: $0) })
    let servers = Set(
      trace.sites.lazy.filter { $0.opened > 0 && accepting.contains($0.call) }.map(\.process))
    // Workers have one family: each table is gone through once.
    var haveOwn: [Int: Bool] = [:]
    var programs: Set<Int> = []
    for server in servers {
      let family = Self.family(of: server, in: population)
      for process in family where haveOwn[process.id] == nil {
        haveOwn[process.id] = process.descriptors.contains { $0.isListening && $0.via == .open }
      }
      if let program = family.last?.id, !family.contains(where: { haveOwn[$0.id] == true }) {
        programs.insert(program)
      }
    }
    let places = programs.compactMap { program in
      descent.place(of: program).map { (program: program, place: $0) }
    }
    for (program, place) in places.sorted(by: { $0.place.lowerBound < $1.place.lowerBound }) {
      for held in population[program]?.descriptors ?? []
      where held.isListening && held.via == .exec {
        served[ListenerOpening(held), default: []].add(place)
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
    guard held.isListening, let served = served[ListenerOpening(held)],
      let place = descent.place(of: process),
      case let next = served.partitioningIndex(where: { $0.upperBound > place.lowerBound })
    else { return false }
    return next < served.endIndex && served[next].lowerBound < place.upperBound
  }
}

extension [Range<Int>] {
  /// Adds one that begins where the last does, or after it; what touches is one.
  fileprivate mutating func add(_ range: Range<Int>) {
    guard let last, range.lowerBound <= last.upperBound else {
      append(range)
      return
    }
    self[count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
  }
}
