import Glibc
import Reporting
import TraceModel

/// Which processes write a trace, asked again and again.
///
/// The trace alone does not tell: one that is killed records no end. A process that has the file
/// mapped writes it, and stays known by its pid and start, over exec too.
struct TraceWriters {
  enum Life: Equatable {
    case running, ended
    /// Nothing that is seen from here has the file mapped, and nothing proves that it is over:
    /// its processes may be another user's, or of another machine.
    case unseen
  }

  struct Look {
    /// Whether anybody writes.
    var life: Life
    /// The `TracedProcess.id`s of those that are over though the trace does not tell.
    var gone: Set<Int>
    /// Those that are seen to run: the pids that they have here, by `TracedProcess.id`.
    var running: [Int: Int] = [:]
  }

  /// nil when it was taken away before it could be looked at.
  private let file: MappedTrace?
  /// Pids that have the file mapped, with their starts.
  private var known: [Int: UInt64] = [:]
  private var wasSeen = false
  /// Processes of the trace whose end it does not tell.
  private var gone: Set<Int> = []
  private var looksToSkip = 0
  /// Looks between two searches through all processes, while nothing is found.
  private static let patience = 10

  init(of file: MappedTrace?) { self.file = file }

  mutating func look(_ reading: LiveReading) -> Look {
    let latest = reading.processes.latestByPID
    let open = reading.processes.filter { $0.end == .none && !gone.contains($0.id) }
    var running: [Int: Int] = [:]
    for process in open where latest[process.pid] == process.id && isWriter(process.pid) {
      running[process.id] = process.pid
    }
    if !running.isEmpty {
      wasSeen = true
      // The trace's pids are those of here, so what is not there has ended.
      for process in open
      where running[process.id] == nil
        && (latest[process.pid] != process.id || ProcFile.hasEnded(process.pid))
      {
        gone.insert(process.id)
      }
      return Look(life: .running, gone: gone, running: running)
    }
    let life = lifeOfOthers(open, isLocal: reading.host == ThisHost.name)
    if life == .running {
      // A container has pids of its own.
      let ids = Dictionary(open.map { ($0.pid, $0.id) }) { _, latest in latest }
      for pid in known.keys {
        let own = ProcFile.innermostPID(pid)
        if own != pid, let id = ids[own] { running[id] = pid }
      }
    }
    return Look(life: life, gone: gone, running: running)
  }

  /// Writers under other pids than the trace has for them: those of a container, or a forked
  /// child that has done nothing yet.
  private mutating func lifeOfOthers(_ open: [TracedProcess], isLocal: Bool) -> Life {
    if !Array(known.keys).filter({ isWriter($0) }).isEmpty { return .running }
    if looksToSkip > 0 {
      looksToSkip -= 1
      return .unseen
    }
    if !ProcFile.pids.filter({ isWriter($0) }).isEmpty {
      wasSeen = true
      return .running
    }
    let isOver =
      wasSeen || open.isEmpty
      || isLocal && open.allSatisfy { $0.pid > 0 && ProcFile.hasEnded($0.pid) }
    if isOver { return .ended }
    looksToSkip = Self.patience
    return .unseen
  }

  /// Whether a process runs and has the file mapped, or had it when it was first looked at.
  private mutating func isWriter(_ pid: Int) -> Bool {
    guard pid > 0, let start = ProcFile.startTime(pid) else {
      known[pid] = nil
      return false
    }
    if known[pid] == start { return true }
    guard file?.isWritten(by: pid) == true else { return false }
    known[pid] = start
    return true
  }
}
