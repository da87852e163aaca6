import TraceModel

/// How the processes ended, over all programs that each of them ran.
struct Lives {
  /// By `TracedProcess.id`, of any of its programs.
  private var lives: [Int: InheritanceAudit.Life] = [:]

  init(_ processes: [TracedProcess], running: Set<Int>, gone: Set<Int> = []) {
    for process in processes {
      lives[process.id] =
        process.end == .none && gone.contains(process.id)
        ? .ended : Self.life(of: process, isRunning: running.contains(process.id))
    }
    let last = LastPrograms(processes)
    lives = Dictionary(processes.map { ($0.id, life(of: last.program(after: $0.id))) }) { $1 }
  }

  private static func life(
    of process: TracedProcess, isRunning: Bool
  ) -> InheritanceAudit.Life {
    switch process.end {
    case .exit, .signal: .ended
    case .exec: .unknown
    case .none: isRunning ? .running : .unknown
    }
  }

  func life(of id: Int) -> InheritanceAudit.Life { lives[id] ?? .unknown }
}
