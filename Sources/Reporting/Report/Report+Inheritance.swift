extension Report {
  /// One open file that a process has because an exec left it open. What the fields mean is
  /// told by `LeakAnalysis.InheritanceAudit.Row`, of which this is the symbolized form.
  public struct KeptFile: Equatable, Sendable {
    public var holder: Party
    /// False when its program never joined the trace.
    public var isHolderTraced = true
    public var kind = "unknown"
    public var name: String?
    public var local: String?
    public var remote: String?
    public var state: String?
    public var isListening = false
    public var isUncertain = false
    public var opener: Party
    /// The call that made the open file.
    public var opened: Call
    /// Never empty; what is to be changed first.
    public var handles: [Handle]
    public var start: Start
    /// The address is taken for no other reason than this.
    public var keepsAddressBusy = false
    /// The holder lives, or lived when the opener had it no more.
    public var outlivesOpener = true

    public init(holder: Party, opener: Party, opened: Call, handles: [Handle], start: Start) {
      (self.holder, self.opener, self.opened) = (holder, opener, opened)
      (self.handles, self.start) = (handles, start)
    }

    /// In order.
    public var fds: [Int] { handles.flatMap(\.fds).sorted() }
    public var isAccused: Bool { handles.contains { !$0.isByDesign } }

    /// What made the open file: the same for all that hold it. A call may make several.
    struct Opening: Hashable {
      var opener: Int
      var site: Int?
      var thread: UInt32
      var atNs: UInt64?
      /// Tells apart what no moment tells apart.
      var name: String?
    }

    var opening: Opening {
      Opening(
        opener: opener.process, site: opened.site, thread: opened.thread, atNs: opened.atNs,
        name: opened.atNs == nil ? local ?? name : nil)
    }
  }

  /// A process, and whether it lives on: `running`, `ended` or `unknown`.
  public struct Party: Hashable, Sendable {
    /// `Process.id`.
    public var process: Int
    public var name: ProcessName
    public var life = "unknown"

    public init(process: Int, name: ProcessName, life: String = "unknown") {
      (self.process, self.name, self.life) = (process, name, life)
    }

    /// No end was recorded, and nobody saw it when the report was made: it may have ended.
    public var isOutOfSight = false

    public var hasEnded: Bool { life == "ended" }

    /// What is said of it is said of a time before the report.
    var isOfThePast: Bool { hasEnded || isOutOfSight }
  }

  /// A call that made descriptors, or started a program.
  public struct Call: Equatable, Sendable {
    public var api: String
    public var stack: Stack
    /// `Site.id`, nil when not known.
    public var site: Int?
    public var atNs: UInt64?
    /// Kernel thread id, 0 when not known.
    public var thread: UInt32 = 0
    /// As `Site.fingerprint`, nil without a stack.
    public var fingerprint: String?

    public init(api: String, stack: Stack, site: Int? = nil) {
      (self.api, self.stack, self.site) = (api, stack, site)
    }

    /// `server.c:88`, nil without a stack.
    public var place: String? { stack.focus?.shortPlace }
  }

  /// Descriptors of one open file that were made by one call and kept for one reason.
  public struct Handle: Equatable, Sendable {
    public var fds: [Int]
    /// As `LeakAnalysis.InheritanceAudit.Cause.code`, or `CloseOnExec.ownScript`.
    public var cause: String
    public var isByDesign = false
    /// False when the history is too short to exclude that it is by design.
    public var isCertain = true
    public var made: Call
    public var isDuplicate = false
    /// When the cause is that FD_CLOEXEC came too late.
    public var lateness: Lateness?
    /// What to change, as a sentence; nil when this is by design.
    public var advice: String?

    public init(fds: [Int], cause: String, made: Call) {
      (self.fds, self.cause, self.made) = (fds, cause, made)
    }
  }

  /// As `LeakAnalysis.InheritanceAudit.Lateness`.
  public struct Lateness: Equatable, Sendable {
    public var openedNs: UInt64?
    public var forkedNs: UInt64?
    public var flaggedNs: UInt64?
    public var isRace: Bool?
  }

  /// The call that started the first program that got the open file.
  public struct Start: Equatable, Sendable {
    public var call: Call
    /// `Process.id` of the caller.
    public var by: Int
    /// `Process.id` of the program; nil when that was not traced.
    public var program: Int?
    public var argv: [String] = []

    public init(call: Call, by: Int) { (self.call, self.by) = (call, by) }
  }
}

extension [Report.KeptFile] {
  /// The open files, whoever holds them: of what one call made as many as the holder has of it
  /// that has most.
  var eachOnce: [Report.KeptFile] {
    var held: [Int: [Report.KeptFile.Opening: Int]] = [:]
    var most: [Report.KeptFile.Opening: Int] = [:]
    return filter { file in
      let count = held[file.holder.process]?[file.opening, default: 0] ?? 0
      held[file.holder.process, default: [:]][file.opening] = count + 1
      guard count == most[file.opening, default: 0] else { return false }
      most[file.opening] = count + 1
      return true
    }
  }
}
