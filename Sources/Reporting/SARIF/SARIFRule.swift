import LeakAnalysis

/// What a result is of. The texts are for who meets the result without this program's manual.
struct SARIFRule: Equatable, Sendable {
  enum Level: String, CaseIterable, Comparable, Sendable {
    case error, warning, note

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    /// `error` is the least.
    static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
  }

  /// Of the Common Weakness Enumeration.
  enum Weakness: Int, CaseIterable, Sendable {
    case exposedDescriptor = 403
    case missingRelease = 772
    case missingReleaseOfDescriptor = 775
    case expiredDescriptor = 910
    case multipleRelease = 1341

    /// The catalogue's name of it.
    var name: String {
      switch self {
      case .exposedDescriptor:
        "Exposure of File Descriptor to Unintended Control Sphere ('File Descriptor Leak')"
      case .missingRelease: "Missing Release of Resource after Effective Lifetime"
      case .missingReleaseOfDescriptor:
        "Missing Release of File Descriptor or Handle after Effective Lifetime"
      case .expiredDescriptor: "Use of Expired File Descriptor"
      case .multipleRelease: "Multiple Releases of Same Resource or Handle"
      }
    }
  }

  /// As verdicts and wrong uses are named in JSON.
  let id: String
  /// In the manner of an identifier, for people.
  let name: String
  let level: Level
  /// One sentence.
  let summary: String
  /// What it means, and when it is said.
  let meaning: String
  /// What to do about it.
  let help: String
  var weaknesses: [Weakness] = []
  /// GitHub's word for how many of the results are true.
  var precision = "high"

  static let all: [SARIFRule] =
    Verdict.allCases.compactMap(of) + LeakAnalysis.Misuse.Kind.allCases.map(of) + [inherited]

  private static let indices = Dictionary(
    uniqueKeysWithValues: all.indices.map { (all[$0].id, $0) })

  /// Where it stands in `all`.
  static func index(of id: String) -> Int? { indices[id] }
}

extension SARIFRule {
  /// Nil for what is no verdict of its own, or no finding.
  static func of(_ verdict: Verdict) -> SARIFRule? {
    switch verdict {
    case .leak:
      SARIFRule(
        id: "leak", name: "LeakedDescriptor", level: .error,
        summary: "File descriptors that are opened here are never closed.",
        meaning: "More of them stay open as the program works, or a path that abandons them was"
          + " seen: a call on them failed, their peer has closed, or they outlive by far what else"
          + " is opened here. A process that runs out of descriptors can open, accept and connect"
          + " nothing any more (EMFILE).",
        help: "Close them on every path, also where a call fails. The result tells the last call"
          + " that was seen on them, and where others that are opened here are closed.",
        weaknesses: [.missingReleaseOfDescriptor, .missingRelease])
    case .suspect:
      SARIFRule(
        id: "suspect", name: "SuspectedLeak", level: .warning,
        summary: "File descriptors that are opened here may be leaked.",
        meaning: "They stay open, and what was seen neither proves that they were forgotten nor"
          + " that they are held on purpose: they are few, or the program ended too soon.",
        help: "Check that they are closed on every path. Where they are held on purpose, say so in"
          + " a suppression.",
        weaknesses: [.missingReleaseOfDescriptor, .missingRelease], precision: "medium")
    case .held:
      SARIFRule(
        id: "held", name: "HeldDescriptor", level: .note,
        summary: "File descriptors that are opened here are held, likely by intention.",
        meaning: "A listener, a log file, a bounded pool, or a single one against which nothing"
          + " tells. It is no finding.",
        help: "Nothing is to be done.", precision: "low")
    case .suppressed, .clean: nil
    }
  }

  static func of(_ kind: LeakAnalysis.Misuse.Kind) -> SARIFRule {
    switch kind {
    case .closeOfReusedFd:
      SARIFRule(
        id: kind.rawValue, name: "CloseOfReusedDescriptor", level: .error,
        summary: "A second close hit a descriptor of somebody else.",
        meaning: "The number had been closed before and was given to another opener in between;"
          + " closing it again took that one's descriptor away. What it wrote then failed, or went"
          + " to whatever got the number next.",
        help: "Close once: remove one of the two closes, or set the variable to -1 at the first.",
        weaknesses: [.multipleRelease])
    case .doubleClose:
      SARIFRule(
        id: kind.rawValue, name: "DoubleClose", level: .error,
        summary: "A descriptor is closed that was closed already.",
        meaning: "The second close failed with EBADF. In a program with threads the number may"
          + " belong to somebody else by then, whose descriptor it closes.",
        help: "Close once: remove one of the two closes, or set the variable to -1 at the first.",
        weaknesses: [.multipleRelease])
    case .useAfterClose:
      SARIFRule(
        id: kind.rawValue, name: "UseAfterClose", level: .error,
        summary: "A descriptor is used after it was closed.",
        meaning: "The call failed with EBADF. When the number is given away first, it reads or"
          + " writes what belongs to somebody else.",
        help: "Use it before the close, or close it later.", weaknesses: [.expiredDescriptor])
    case .ownedClose:
      SARIFRule(
        id: kind.rawValue, name: "CloseUnderStream", level: .warning,
        summary: "close() takes a descriptor away from the stream that owns it.",
        meaning: "A FILE or DIR still holds the number, and closes it once more when it is closed"
          + " itself: by then it may be somebody else's.",
        help: "Call fclose() or closedir() instead.", weaknesses: [.multipleRelease])
    case .cutMessage:
      SARIFRule(
        id: kind.rawValue, name: "CutMessage", level: .warning,
        summary: "A message had more control data than the receiver had room for.",
        meaning: "The kernel cut it (MSG_CTRUNC) and closed the descriptors that had no room.",
        help: "Give recvmsg() room for as many descriptors as the peer may send, and close those"
          + " that are not wanted.", precision: "medium")
    case .closeNeverOpened:
      SARIFRule(
        id: kind.rawValue, name: "CloseOfUnopened", level: .note,
        summary: "A number is closed that was never open.",
        meaning: "The close failed with EBADF. Often a variable that was never set, or a loop over"
          + " all numbers.",
        help: "Close only what was opened.", precision: "low")
    }
  }

  /// What a started program keeps.
  static let inherited = SARIFRule(
    id: "inherited_descriptor", name: "InheritedDescriptor", level: .warning,
    summary: "Programs that are started keep descriptors that are opened here.",
    meaning: "Close-on-exec is not set, or was set too late. A program that keeps a listening"
      + " socket keeps its port busy when the server is gone; one that keeps a file or a"
      + " connection can read and write it.",
    help: "Pass the flag in the call that opens: O_CLOEXEC, SOCK_CLOEXEC, the mode letter e."
      + " fcntl(F_SETFD) afterwards leaves a gap in which another thread may fork.",
    weaknesses: [.exposedDescriptor])
}
