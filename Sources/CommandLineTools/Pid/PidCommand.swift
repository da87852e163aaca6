import ArgumentParser
import Glibc
import ProcessInspection
import Reporting

/// `fdtrack pid`.
public struct PidCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "pid",
    abstract: "Show what a running process holds open, and who else does.",
    discussion: """
      For a process that was started without fdtrack. It is not disturbed: all comes from /proc \
      and sock_diag. With --count or --interval it is looked at several times, and the report \
      tells how its fds grow; Ctrl-C ends that early.

      EXIT STATUS
        0   the report was made; what could not be seen is said in it
        1   its fds may not be read: the report has only their number
        2   the report could not be written, /proc or a secret not be read
        3   there is no such process, or it ended before it could be looked at
        4   it has no fds: a zombie, a thread of the kernel
        64  wrong usage
      """)

  @Argument(help: ArgumentHelp("The process, or one of its threads.", valueName: "pid"))
  var pid: Int

  @Option(
    help: ArgumentHelp("Look again after so many seconds.", valueName: "seconds"))
  var interval: Double?

  @Option(help: ArgumentHelp("Look so many times.", valueName: "n"))
  var count: Int?

  @Option(help: "How to write the report: text or json.")
  var format: InspectionFormat = .text

  @Flag(help: "The same as --format json.")
  var json = false

  @Flag(help: "List every fd.")
  var all = false

  @Flag(help: "Do not search other processes for who holds the same.")
  var noHolders = false

  @OptionGroup var redaction: RedactionOptions

  @Flag(help: "Never colour the report. So does a NO_COLOR in the environment.")
  var noColor = false

  public init() {}

  public func validate() throws {
    guard pid > 0 else { throw ValidationError("PID must be a process id.") }
    if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
    if let interval, !(interval > 0 && interval <= 1e6) {
      throw ValidationError("--interval must be a number of seconds above 0.")
    }
    if count == 1, interval != nil {
      throw ValidationError("--interval needs a --count of 2 or more.")
    }
  }

  /// Either of the two options asks for several looks.
  var plan: Inspector.Plan {
    let seconds = interval ?? 1
    return Inspector.Plan(
      count: count ?? (interval == nil ? 1 : 2), intervalNs: UInt64(seconds * 1e9))
  }

  public func run() throws {
    let redaction: Redaction?
    do throws(ReportFailure) {
      redaction = try self.redaction.load()
    } catch {
      ErrorOutput.say(error.description)
      throw ExitCode(2)
    }
    var inspection: Inspection
    do throws(InspectionFailure) {
      inspection = try inspect()
      if let redaction { inspection = redaction.redacted(inspection) }
    } catch {
      ErrorOutput.say(VisibleText.escaped(error.description))
      throw ExitCode(error.exitStatus)
    }
    do throws(ReportFailure) {
      var sink = try ReportSink(.standardOutput, keeping: "")
      try (json ? .json : format).write(
        inspection, to: sink, listsAll: all, allowsColor: !noColor)
      try sink.finish()
    } catch {
      ErrorOutput.say(error.description)
      throw ExitCode(2)
    }
    if inspection.descriptors == nil { throw ExitCode(1) }
  }

  private func inspect() throws(InspectionFailure) -> Inspection {
    guard plan.count > 1 else {
      return try Inspector().inspect(pid, searchesOthers: !noHolders)
    }
    // Blocked, so that one that comes while a look is taken ends the next pause.
    var signals = sigset_t()
    var old = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, &old)
    defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
    let line = LookProgress(of: plan.count)
    defer { line.clear() }
    return try Inspector().inspect(
      pid, plan: plan, searchesOthers: !noHolders, progress: line.show)
  }
}

extension InspectionFailure {
  /// As `fdtrack pid` documents it.
  var exitStatus: Int32 {
    switch self {
    case .unreadable: 2
    case .noSuchProcess, .ended, .hidden: 3
    case .zombie, .kernelThread: 4
    }
  }
}
