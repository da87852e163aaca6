/// One change to the descriptors of a process.
public struct Change: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case opened
    case closed
    /// Closed because another descriptor took its number (dup2).
    case replaced
    /// A close that failed with EBADF.
    case refused
  }

  public var kind: Kind
  public var fd: Int
  public var origin: Origin
  public var thread: Int
  /// The operation of the program that its marks tell; 0 when it makes none.
  public var operation: Int
  /// Where the log tells of it.
  public var line: Int
  public var systemCall: String
  /// Index of the change that ended what this one opened.
  public var end: Int?
}

/// One program that one process ran: exec begins another one. Image 0 of a process
/// is what a fork made.
public final class ProcessImage {
  public let pid: Int
  public let number: Int
  /// Line of its first sight.
  public let line: Int
  /// What was open as it began, and whether it was to be closed at exec.
  public let start: [Int: Bool]
  public var changes: [Change] = []
  /// What was open as it ended.
  public var left: [Int: Held] = [:]
  public var end = End.running
  /// Who forked.
  public var bornBy: Origin?
  /// Numbers that other threads of the parent were changing while it forked, or that
  /// were so in the parent: open here, or not.
  public let uncertain: Set<Int>
  /// Those of which nothing has been heard since.
  public var unresolved: Set<Int>
  /// The loader mapped the shim.
  public var hasShim: Bool

  public enum End: Equatable {
    case running
    case exited(Int)
    case killed
    /// By an exec of this image, which had closed these.
    case exec(closed: Set<Int>)
  }

  init(
    pid: Int, number: Int, line: Int, start: [Int: Bool], hasShim: Bool,
    uncertain: Set<Int> = []
  ) {
    self.pid = pid
    self.number = number
    self.line = line
    self.start = start
    self.hasShim = hasShim
    self.uncertain = uncertain
    unresolved = uncertain
  }

  /// A function that makes a process may go on in it and close what is not needed there
  /// (forkpty): the process begins for the trace where it returns. Indices of such changes. A
  /// call by number does nothing more: what follows by number is the program's own.
  public var birthCloses: Set<Int> {
    guard number == 0, let bornBy, case .wrapper = bornBy, bornBy.name != "syscall" else {
      return []
    }
    return Set(
      changes.indices.prefix { changes[$0].origin == bornBy }.filter { changes[$0].kind == .closed }
    )
  }

  /// In the middle of posix_spawn, system, popen: it runs nothing but libc's code.
  public var isSpawning: Bool {
    guard number == 0, case .exec = end else { return false }
    return !changes.contains { change in
      if case .wrapper = change.origin { change.kind != .refused } else { false }
    }
  }
}
