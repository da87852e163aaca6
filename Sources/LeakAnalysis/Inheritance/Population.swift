import TraceModel

/// The processes of a trace by `id`.
struct Population {
  let processes: [TracedProcess]
  private let indexByID: [Int: Int]

  init(_ processes: [TracedProcess]) {
    self.processes = processes
    indexByID = Dictionary(processes.indices.map { (processes[$0].id, $0) }) { first, _ in first }
  }

  subscript(id: Int) -> TracedProcess? { indexByID[id].map { processes[$0] } }

  /// Where a process stands in `processes`.
  func index(of id: Int) -> Int? { indexByID[id] }
}
