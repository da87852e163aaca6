import LeakAnalysis

/// A run of many programs, each with a report of its own: for who runs tests that are
/// programs.
public struct ProgramsReport: Equatable, Sendable {
  /// In the order in which they began.
  public var programs: [ProgramReport] = []
  /// Something of the run went unrecorded or unseen, whichever program's it was.
  public var isLossy = false
  /// What the suppressions did, over all programs.
  public var suppressions: [Report.SuppressionUse] = []

  public init() {}

  /// As `Report.isCommandUnseen`: an exec of the command begins another program.
  public var isCommandUnseen: Bool {
    programs.isEmpty || programs.flatMap(\.report.processes).isCommandUnseen
  }

  /// Those that leak or are suspect, in the order in which they began.
  public var withFindings: [ProgramReport] {
    programs.filter { $0.leakedDescriptors + $0.suspectDescriptors > 0 }
  }
}

/// One program of a run.
public struct ProgramReport: Equatable, Sendable {
  /// The raw value is the name used in JSON.
  public enum Status: String, Equatable, Sendable {
    /// At least one call site leaks.
    case leak
    /// None does, and all was seen.
    case pass
    /// No leak was seen, but not everything was.
    case incomplete
    /// It ran without the recorder (static, setuid, a cleared environment).
    case untraced
  }

  /// Of this program alone; `processes` are its own, the first began it.
  public var report: Report
  public var status = Status.pass

  public init(_ report: Report) {
    self.report = report
    status =
      if report.siteCount(.leak) > 0 {
        .leak
      } else if report.processes.first?.isTraced == false {
        .untraced
      } else if !report.wasSeenInFull {
        .incomplete
      } else {
        .pass
      }
  }

  /// The program that a forked child went on as, which did not join the trace: nothing but its
  /// name is known.
  init(untracedOf child: Report.Process, in trace: Report.TraceSummary) {
    var process = Report.Process(id: child.id, pid: child.pid)
    (process.parent, process.how) = (child.parent, child.how)
    (process.endKind, process.endCode) = (child.endKind, child.endCode)
    process.argv = child.untracedProgram.map { [$0] } ?? []
    process.isTraced = false
    report = Report(trace: trace)
    report.processes = [process]
    status = .untraced
  }

  public var leakedDescriptors: Int { report.liveCount(.leak) }
  public var suspectDescriptors: Int { report.liveCount(.suspect) }
  /// The first process, nil only for a report without any.
  public var process: Report.Process? { report.processes.first }
}
