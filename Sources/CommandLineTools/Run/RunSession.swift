import Glibc
import ProcessInspection
import SystemPackage

/// One `fdtrack run`: from the choice of the trace to the exit status.
struct RunSession {
  /// The command and its arguments; the first is searched in PATH.
  var arguments: [CStringBytes]
  /// Where the trace is wanted.
  var output: FilePath
  /// A library to preload instead of the one that `RunShim` finds.
  var shim: FilePath?
  /// Bytes of the trace, when not the default.
  var size: RunSize?
  var failsOnLeak = false
  /// The report is for programs: nothing of ours may follow it on stderr.
  var reportIsData = false
  /// Prints the report of a trace to stderr and tells whether there are leaks to fail for.
  /// nil: no report is wanted.
  var report: ((FilePath) throws(ReportFailure) -> Verdict)?

  /// Runs the command to its end.
  /// - Returns: the status to exit with.
  func run() throws(RunFailure) -> Int32 {
    let library = try RunShim.locate(explicit: shim, executable: RunShim.runningExecutable())
    var claim: RunClaim?
    let trace = try RunTracePath.prepare(output, pid: getpid()) { path in
      claim = RunClaim(path)
      return claim != nil
    }
    let ended = try supervise(library: library, trace: trace.path)
    _ = consume claim
    return finish(ended, trace)
  }

  private struct Ended {
    var command: RunLaunch.Started
    var end: RunEnd
    /// On CLOCK_MONOTONIC.
    var moment: UInt64
  }

  private func supervise(
    library: FilePath, trace: FilePath
  ) throws(RunFailure) -> Ended {
    var environment = RunEnvironment.current()
    environment.preload(library)
    environment.allowSanitizers()
    // Inside of a traced tree this would make the command join its trace.
    environment.remove("FDTRACK_CHILD")
    environment.set("FDTRACK_OUT", to: Self.literal(trace))
    environment.shareTrace(at: trace, id: .random(in: 1 ... .max))
    if let size { environment.set("FDTRACK_SIZE", to: String(size.bytes)) }

    var supervisor = RunSupervisor()
    let result: Result<Ended, RunFailure>
    do throws(RunFailure) {
      let command = try RunLaunch(
        arguments: arguments, environment: environment, signals: supervisor.original
      ).start()
      let end = try supervisor.wait(for: command.pid)
      // To release signals takes time.
      result = .success(
        Ended(command: command, end: end, moment: Inspector.monotonicClock()))
    } catch {
      result = .failure(error)
    }
    supervisor.release()
    return try result.get()
  }

  private func finish(_ ended: Ended, _ trace: RunTracePath) -> Int32 {
    let (command, end) = (ended.command, ended.end)
    // Losing the reader of stderr must not cost the command's exit status.
    signal(SIGPIPE, SIG_IGN)
    // A command that changed its user may leave a trace that is only readable.
    if let file = RunTraceFile(path: trace.path, writable: true) {
      _ = file.record(end, of: command.pid, atMonotonicNs: ended.moment)
    }
    let gap: RunTraceFile.Gap?
    do throws(RunTraceFile.Refusal) {
      gap = try RunTraceFile(opening: trace.path).gap(of: command.pid)
    } catch {
      ErrorOutput.say(RunDiagnosis.sentence(on: error, trace: trace.path, of: command.program))
      return Self.exitStatus(of: end, .unknown, failsOnLeak: failsOnLeak)
    }
    let judged = judge(trace.path)
    // Nothing follows a report for programs, which tells of the gap itself.
    if judged == nil || !reportIsData {
      if let gap { ErrorOutput.say(Self.sentence(on: gap, in: command)) }
      ErrorOutput.say("the trace is \(trace.path)" + (trace.note.map { " (\($0))" } ?? ""))
    }
    return Self.exitStatus(
      of: end, Self.verdict(judged, gap), failsOnLeak: failsOnLeak)
  }

  /// Prints the report that is wanted; nil when there is none.
  private func judge(_ trace: FilePath) -> Verdict? {
    guard let report else { return nil }
    Self.awaitChildren(trace)
    do throws(ReportFailure) {
      return try report(trace)
    } catch {
      ErrorOutput.say("cannot report on \(trace): \(error)")
      return nil
    }
  }

  private static func sentence(on gap: RunTraceFile.Gap, in command: RunLaunch.Started) -> String {
    switch gap {
    case .all:
      "the command itself was not traced: " + RunDiagnosis.reason(for: command.program)
    case .sinceExec: "the command went on as a program that was not traced"
    case .directCalls:
      "the command has code of Go, which calls the kernel itself: no recorder sees what that opens"
    }
  }

  /// A command may start a helper and end at once. Told in the midst of that, the helper would be
  /// missing, or told to be a program that is not traced: both take some milliseconds.
  private static func awaitChildren(_ trace: FilePath) {
    for _ in 0..<20 {
      guard let file = RunTraceFile(path: trace) else { return }
      let (pids, isRecordBeingMade) = file.underWay()
      guard isRecordBeingMade || pids.contains(where: { kill($0, 0) == 0 || errno == EPERM })
      else { return }
      usleep(10_000)
    }
  }

  enum Verdict { case none, leaks, unknown }

  /// Of a command that nobody saw to its end, it says nothing that no leak was found; nor is
  /// anything known without a report.
  static func verdict(_ judged: Verdict?, _ gap: RunTraceFile.Gap?) -> Verdict {
    guard let judged else { return .unknown }
    return judged == .none && gap != nil ? .unknown : judged
  }

  /// A command that failed keeps its own status. One that succeeded fails when
  /// leaks were to be looked for and were found (1), or could not be (125).
  static func exitStatus(of end: RunEnd, _ verdict: Verdict, failsOnLeak: Bool) -> Int32 {
    guard end == .exited(status: 0), failsOnLeak else { return end.exitStatus }
    return switch verdict {
    case .none: 0
    case .leaks: 1
    case .unknown: RunFailure.ownStatus
    }
  }

  /// A path as FDTRACK_OUT takes it, where `%` starts a pattern.
  static func literal(_ path: FilePath) -> [CChar] {
    let percent = CChar(bitPattern: UInt8(ascii: "%"))
    return path.bytes.flatMap { $0 == percent ? [percent, percent] : [$0] }
  }
}
