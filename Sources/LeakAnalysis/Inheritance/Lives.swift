import TraceModel

/// How the processes ended, over all programs that each of them ran.
struct Lives {
  /// By `TracedProcess.id`, of any of its programs.
  private var lives: [Int: InheritanceAudit.Life] = [:]

  init(_ processes: [TracedProcess], running: Set<Int>, gone: Set<Int> = []) {
    let known = Set(processes.map(\.id))
    var next: [Int: Int] = [:]
    for process in processes where process.how == .exec {
      // Of several that claim one past, the latest.
      if let before = process.parent, known.contains(before) { next[before] = process.id }
    }
    for process in processes {
      lives[process.id] =
        process.end == .none && gone.contains(process.id)
        ? .ended : Self.life(of: process, isRunning: running.contains(process.id))
    }
    // Each program takes the life of the last one; a circle has none and stays as it is.
    var settled: Set<Int> = []
    for process in processes where !settled.contains(process.id) {
      var chain: [Int] = []
      var last: Int? = process.id
      while let id = last, settled.insert(id).inserted {
        chain.append(id)
        last = next[id]
      }
      guard let end = last ?? chain.last, let life = lives[end] else { continue }
      for id in chain { lives[id] = life }
    }
  }

  private static func life(
    of process: TracedProcess, isRunning: Bool
  ) -> InheritanceAudit.Life {
    switch process.end {
    case .exit, .signal, .unseen: .ended
    case .exec: .unknown
    case .none: isRunning ? .running : .unknown
    }
  }

  func life(of id: Int) -> InheritanceAudit.Life { lives[id] ?? .unknown }
}
