import Glibc
import ProcessInspection
import Reporting
import Symbolication
import TraceBytes
import TraceModel
import Watching

/// The trace that is watched, and the processes that write it.
struct WatchSource: ~Copyable {
  /// What one look found.
  struct Look {
    var sample: WatchSample
    /// Why there is nothing more to come.
    var ending: WatchState.Ending?
    var remark: String?
  }

  private var trace: LiveTrace
  private let path: String
  private let status: stat
  private var writers: TraceWriters
  /// The process that was asked for; its end is the end.
  private let pid: Int?
  private var traceID: UInt64?
  /// `TracedProcess.id`s at the latest look at which any ran.
  private var running: Set<Int> = []
  private var folders = WorkingFolders()
  private var ways = WatchWays()
  private var names = WatchNames()
  private var own = OwnFrames()
  /// Those whose files may be others than here.
  private var rooted: Set<Int> = []

  init(_ target: WatchTarget) throws(ReportFailure) {
    path = target.path
    pid = target.pid
    do throws(TraceError) {
      trace = try LiveTrace(path: path)
    } catch {
      throw InputFile.failure(path, "\(error)")
    }
    var status = stat()
    stat(path, &status)
    self.status = status
    writers = TraceWriters(of: MappedTrace(path: path))
  }

  /// Reads what is open now in the processes of pid `shown`, or in all.
  /// - Throws: ``ReportFailure`` when the file is not the trace any more.
  mutating func look(pid shown: Int?) throws(ReportFailure) -> Look {
    let reading: LiveReading
    do throws(TraceError) {
      reading = try trace.read()
    } catch {
      throw failure(error)
    }
    let isSame = traceID == nil || traceID == reading.traceID
    traceID = reading.traceID
    if own.symbolizer.recorded.isEmpty { own.symbolizer.recorded = Set(reading.calls) }
    guard isSame, !isReplaced else {
      throw InputFile.failure(path, "was replaced by another file; start again to watch that one")
    }
    let found = writers.look(reading)
    if found.life == .ended || isOver(reading, found.gone) {
      return try last(reading, shown: shown)
    }
    let open = Set(reading.processes.lazy.filter { $0.end == .none }.map(\.id))
      .subtracting(found.gone)
    if !open.isEmpty { running = open }
    var view = WatchSample.View(pid: shown)
    view.gone = found.gone
    view.open = Self.openCounts(found.running)
    let pids = Set(found.running.values)
    if pids != rooted {
      rooted = pids
      own.symbolizer.roots = MountRoots.of(pids)
    }
    if found.life == .running { view.monotonicNs = Inspector.monotonicClock() }
    var look = Look(sample: sample(of: reading, view, running: found.running))
    if found.life == .unseen {
      look.remark = "None of its processes is seen from here: it may have ended."
    }
    return look
  }

  /// What the kernel tells of those that run here: no call may have been seen that opened it.
  private static func openCounts(_ running: [Int: Int]) -> [Int: Int] {
    running.compactMapValues { ProcFile.openCount($0) }
  }

  /// What those had open that ran last; when none was ever seen to, those of which no end was
  /// recorded, or all.
  private mutating func last(
    _ reading: LiveReading, shown: Int?
  ) throws(ReportFailure) -> Look {
    var view = WatchSample.View(pid: shown)
    view.ended = running
    for isLast in [{ $0 == .none }, { $0 != .exec }] as [(TracedProcess.End) -> Bool]
    where view.ended.isEmpty {
      view.ended = Set(reading.processes.lazy.filter { isLast($0.end) }.map(\.id))
    }
    view.gone = Set(reading.processes.map(\.id))
    let final: LiveReading
    do throws(TraceError) {
      final = try trace.read { [ended = view.ended] in ended.contains($0.id) }
    } catch {
      throw failure(error)
    }
    return Look(
      sample: sample(of: final, view, running: [:]),
      ending: Self.ending(final, pid: pid))
  }

  private mutating func sample(
    of reading: LiveReading, _ view: WatchSample.View, running: [Int: Int]
  ) -> WatchSample {
    folders = reading.workingFolders
    var (reading, view) = (reading, view)
    names.name(&reading, in: &view, of: &trace, path: path, running: running)
    own.generated = names.code
    var sample = WatchSample(reading, view, seconds: Self.seconds)
    sample.sites = ways.merge(sample.sites) {
      trace.frames(of: $0)
    } _: { frames in
      own.among(frames) { folders.completed(trace.module($0)) }
    }
    return sample
  }

  /// What looks symbols up, in the files of the processes that run.
  var symbolizer: Symbolizer { own.symbolizer }

  /// What `Frame.generated` of stacks stands for.
  var generated: GeneratedCode { names.code }

  /// The frames of a stack, innermost first.
  mutating func frames(of stack: StackNumber) -> [Frame] { trace.frames(of: stack) }

  mutating func module(_ number: Int) -> TraceModel.Module? {
    folders.completed(trace.module(number))
  }

  /// What became of a file that was a trace when it was opened.
  private func failure(_ error: TraceError) -> ReportFailure {
    let reason =
      switch error {
      case .truncated(_, let need, let have):
        "is cut short since: \(have) bytes are left of \(need), and what its processes record from "
          + "now on may be lost; start them again"
      case .notATrace, .otherByteOrder, .otherVersion, .notReady, .badSection:
        "was overwritten since; start its processes again"
      case .cannotOpen, .notAFile, .cannotRead, .empty, .tooLarge: "\(error)"
      }
    return InputFile.failure(path, reason)
  }

  /// The path names another file by now. One that has no name any more is still written.
  private var isReplaced: Bool {
    var now = stat()
    return stat(path, &now) == 0 && (now.st_ino != status.st_ino || now.st_dev != status.st_dev)
  }

  private func isOver(_ reading: LiveReading, _ gone: Set<Int>) -> Bool {
    guard let pid else { return false }
    return !reading.processes.contains {
      $0.pid == pid && $0.end == .none && !gone.contains($0.id)
    }
  }

  /// Tells of the process that was asked for, or else of the first of the trace.
  static func ending(_ reading: LiveReading, pid: Int?) -> WatchState.Ending {
    let pid = pid ?? reading.processes.first?.pid
    guard let process = reading.processes.last(where: { $0.pid == pid }) else {
      return .init("The target has ended.")
    }
    return .init("pid \(process.pid) \(process.howItEnded).")
  }

  private static var seconds: Double { Double(Inspector.monotonicClock()) / 1e9 }
}

extension WorkingFolders {
  fileprivate func completed(_ module: TraceModel.Module?) -> TraceModel.Module? {
    guard var module else { return nil }
    complete(&module) { access($0, R_OK) == 0 }
    return module
  }
}

extension TracedProcess {
  fileprivate var howItEnded: String {
    switch end {
    case .exit(let status): "ended: exit status \(status)"
    case .signal(let signal): "ended: killed by signal \(signal)"
    case .exec: "ended: it went on as a program that is not traced"
    // A copy may have been made before.
    case .none: "is gone: no end of it is in the trace, as of what was killed or crashed"
    }
  }
}
