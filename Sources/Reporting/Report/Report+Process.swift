extension Report {
  /// One program run by one process: an exec starts another.
  public struct Process: Equatable, Sendable {
    public var id: Int
    public var pid: Int
    /// The parent's `id`, or that of the same process before exec.
    public var parent: Int?
    /// `start`, `fork`, `vfork`, `spawn`, `exec` or `attach`.
    public var how = "start"
    public var exe: String?
    /// Of the executable, in hexadecimal; nil when it has none, when none of its code was seen,
    /// and when several files of that path were.
    public var buildID: String?
    public var argv: [String] = []
    /// The file name that it was called by, where its first argument is one.
    public var calledName: String?
    public var cwd: String?
    /// nil when unlimited or unknown.
    public var fdLimit: UInt64?
    /// To what the process may raise it by itself.
    public var fdLimitHard: UInt64?
    /// `exit`, `signal`, `exec`, `unknown` or `running`.
    public var endKind = "unknown"
    /// No end was recorded, and the process was not seen when the report was made.
    public var mayRun = false
    /// Exit status or signal number.
    public var endCode: Int32?
    /// False for a child that never joined the trace.
    public var isTraced = true
    /// It went on as a program that did not join the trace.
    public var goesOnUntraced = false
    /// The end of the path of what did not join; nil when not known.
    public var untracedProgram: String?
    /// What programs said they were doing when it began.
    public var mark: String?
    public var startedNs: UInt64?
    public var endedNs: UInt64?
    public var opened: UInt64 = 0
    public var closed: UInt64 = 0
    public var peak: UInt32 = 0
    public var peakNs: UInt64?
    /// Own and inherited; 0, 1 and 2 count only when the program put something new there.
    public var openAtEnd = 0
    /// Those of `openAtEnd` that it put at 0, 1 and 2 itself.
    public var redirectedStreams = 0
    /// Those of 0, 1 and 2 that are open and not in `openAtEnd`: `peak` counts them.
    public var standardStreams = 0
    public var inherited: [Inherited] = []
    /// Inherited ones that `inherited` does not list.
    public var omittedInherited = 0
    /// Open, but no call was seen that opened it.
    public var unseen: [Descriptor] = []
    /// Such that `unseen` does not list.
    public var omittedUnseen = 0
    public var unseenCount: UInt64 = 0
    public var vanishedCount: UInt64 = 0
    /// Its table was compared with what the kernel has.
    public var wasChecked = false
    /// So it was at its end, or now, while it runs.
    public var wasCheckedLast = false
    /// It has code of Go, which calls the kernel itself, past the recorder.
    public var callsDirectly = false
    /// Modules that were loaded around the recorder; nil when there are none.
    public var loadedAround: LoadedAround?
    /// TCP sockets that are told as the kernel had them when the report was made.
    public var connectionsSeen = 0
    /// The first call that failed for want of descriptors.
    public var limitHit: LimitHit?
    /// What it kept to its end, and closed then.
    public var closedAtEnd: ClosedAtEnd?
    /// From its start to its end, where it has `openAtEnd`; nil for processes that are not
    /// among those with most at once.
    public var timeline: Timeline.Line?
    /// For each count of that, the most that were open since the moment before.
    public var timelinePeaks: [Int] = []

    /// It ended by itself and not through libc, which would have compared its table with the
    /// kernel's: what asks the kernel itself, as Go does, may have opened so, too.
    var endedAroundLibc: Bool { endKind == "exit" && hasEndOfItsOwn && !wasCheckedLast }

    /// Its table was not held against the kernel's.
    var wasNeverCompared: Bool { hasEndOfItsOwn && !wasChecked }

    /// Code that the recorder does not see may have opened and closed since it was compared, if it
    /// ever was: all that is told of it is what was recorded.
    var isToldByRecordAlone: Bool {
      (callsDirectly || loadedAround != nil) && hasEndOfItsOwn && !wasCheckedLast
    }

    /// What it has at its end, or now, is for the trace to tell. That of a child in its parent's
    /// memory that ended there, as one whose exec failed, was of nothing but what the exec would
    /// have got.
    private var hasEndOfItsOwn: Bool {
      isTraced && !goesOnUntraced && endKind != "exec" && !(how == "vfork" && endKind == "exit")
    }

    public init(id: Int, pid: Int) {
      self.id = id
      self.pid = pid
    }
  }

  /// As `LeakAnalysis.ProcessFinding.LoadedAround`.
  public struct LoadedAround: Equatable, Sendable {
    public var count: Int
    public var first: String?

    public init(count: Int, first: String? = nil) { (self.count, self.first) = (count, first) }
  }

  /// As `LeakAnalysis.ProcessFinding.LimitHit`, with the sites' calls.
  public struct LimitHit: Equatable, Sendable {
    public var api: String
    public var stack: Stack
    public var atNs: UInt64?
    /// Who held most then; most first, a few at most.
    public var holders: [Holder] = []
    /// How many all sites held then.
    public var count: UInt64 = 0

    /// A site, and how many descriptors of it were open.
    public struct Holder: Equatable, Sendable {
      /// `Site.id`.
      public var site: Int
      public var count: UInt64
      /// Where they were opened, and by which function.
      public var openedAt: String?
      public var api: String?
    }
  }

  /// As `LeakAnalysis.ProcessFinding.ClosedAtEnd`, with the sites' calls.
  public struct ClosedAtEnd: Equatable, Sendable {
    public var count: UInt64
    /// From the first of these closes to the end.
    public var withinNs: UInt64?
    /// Who had opened most of them; most first, a few at most.
    public var holders: [LimitHit.Holder] = []
  }

  /// What people know a process by.
  public struct ProcessName: Hashable, Sendable {
    /// 0 when unknown.
    public var pid: Int
    /// The program's file name, or that of a link to it by which it was called.
    public var program: String?

    /// `pid 812 (worker)`.
    public var label: String {
      let number = pid > 0 ? "pid \(pid)" : "a process of unknown pid"
      return program.map { "\(number) (\($0))" } ?? number
    }
  }

  /// A descriptor that a process did not open itself.
  public struct Inherited: Equatable, Sendable {
    public var fd: Int
    public var kind: String
    public var name: String?
    /// `fork`, `exec` or `outside`.
    public var via: String
    /// `Process.id` of the opener; nil when it was opened outside.
    public var openedBy: Int?
    /// The opener by pid and program, which the filter may have left out of the report.
    public var opener: ProcessName?
    /// `Site.id`, nil when not known.
    public var site: Int?
    /// The opener's place, `server.c:88`, when its site is known: the site itself may be
    /// filtered out of the report.
    public var openedAt: String?
    /// The function that opened it.
    public var api: String?
    public var local: String?
    public var remote: String?
    public var state: String?
    public var isListening = false
    public var isUncertain = false

    public init(fd: Int, kind: String, via: String) {
      self.fd = fd
      self.kind = kind
      self.via = via
    }
  }
}

extension Report.Process {
  /// Its program is what it was called by, or else the executable's file name.
  public var name: Report.ProcessName {
    let path = exe ?? argv.first ?? untracedProgram
    return Report.ProcessName(
      pid: pid, program: calledName ?? path.map { String($0.lastComponent) })
  }

  /// `pid 812 (worker)`.
  public var label: String { name.label }

  /// The same of the program that did not join the trace, where its name is known.
  var untracedLabel: String {
    Report.ProcessName(pid: pid, program: nextProgram ?? name.program).label
  }

  /// The file name of what it went on as, where that did not join the trace.
  var nextProgram: String? {
    goesOnUntraced ? untracedProgram.map { String($0.lastComponent) } : nil
  }

  /// What it was called with, or else its executable.
  var command: String? {
    argv.isEmpty ? exe ?? untracedProgram : argv.joined(separator: " ")
  }
}
