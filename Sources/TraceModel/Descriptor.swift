import FDTrackFormat

/// One descriptor of one process: an entry of its live table (`struct fdt_live`)
/// with its cold part (`struct fdt_detail`) when there is one.
public struct Descriptor: Equatable, Sendable {
  /// Of its number (`enum fdt_live_state`).
  public enum State: Equatable, Sendable {
    case open
    /// `close` was called and had not returned.
    case closing
    /// `note` tells where and when.
    case closed
    /// A snapshot did not find it: closed by a path that was not seen.
    case vanished
  }

  /// How a descriptor came to its process (`enum fdt_via`).
  public enum Via: Equatable, Sendable {
    case open, fork, exec, outside, unseen
  }

  /// Who owns the descriptor (`enum fdt_owner`).
  public enum Owner: String, CaseIterable, Sendable {
    case raw, file = "FILE", directory = "DIR", popen
    /// libc itself, between calls of which none tells the number.
    case libc
  }

  /// `enum fdt_live_flag`.
  public struct Flags: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ flag: fdt_live_flag) { rawValue = UInt8(truncatingIfNeeded: flag.rawValue) }
    public static let closeOnExec = Self(FDT_FD_CLOEXEC)
    public static let listening = Self(FDT_FD_LISTENING)
    /// `FD_CLOEXEC` was set by a later call than the one that opened it.
    public static let closeOnExecLate = Self(FDT_FD_CLOEXEC_LATE)
    /// Inherited, and the opener may be another than the one named.
    public static let uncertain = Self(FDT_FD_UNCERTAIN)
    public static let connected = Self(FDT_FD_CONNECTED)
    /// It came in a message, an event, or out of another process.
    public static let received = Self(FDT_FD_RECEIVED)
    /// Its number stood in the environment of the program that was started with it.
    public static let told = Self(FDT_FD_TOLD)
    /// The call that its note tells of had failed on it before.
    public static let retried = Self(FDT_FD_RETRIED)
  }

  /// The last notable event, or the close of a closed one.
  public struct Note: Equatable, Sendable {
    public internal(set) var ticks: UInt64
    public internal(set) var stack: StackNumber
    public internal(set) var thread: UInt32
    /// errno; 0 for a success that matters (a close, a read at the end).
    public internal(set) var error: Int32
    /// Slot in `Trace.calls`.
    public internal(set) var call: UInt16

    init(
      call: UInt16, ticks: UInt64 = 0, stack: StackNumber = 0, thread: UInt32 = 0, error: Int32 = 0
    ) {
      (self.ticks, self.stack, self.thread) = (ticks, stack, thread)
      (self.error, self.call) = (error, call)
    }
  }

  // A trace may have a million: the widest members first, and none wider than the format's.
  public internal(set) var openedTicks: UInt64 = 0
  public internal(set) var note: Note?
  /// The cold part, which those that inherited the descriptor share.
  var coldPart: ColdPart?
  private var fdBits: Int32
  private var originBits: UInt32 = 0
  private var sourceBits: Int32 = -1
  private var senderBits: Int32 = -1
  public internal(set) var generation: UInt32 = 1
  /// Slot + 1 of the opener's site record; 0 when the open was not counted.
  public internal(set) var site: UInt32 = 0
  /// Stack of the open; 0 when it could not be stored.
  public internal(set) var stack: StackNumber = 0
  /// Kernel thread id of the opener.
  public internal(set) var thread: UInt32 = 0
  /// Equal among duplicates of one open file; 0 when never duplicated.
  public internal(set) var object: UInt32 = 0
  public internal(set) var kind: DescriptorKind = .unknown
  /// Slot in `Trace.calls`.
  public internal(set) var call: UInt16 = 0
  public internal(set) var state: State = .open
  public internal(set) var flags: Flags = []
  public internal(set) var owner: Owner = .raw
  public internal(set) var via: Via = .open

  init(fd: Int) { fdBits = Int32(clamping: fd) }

  public internal(set) var fd: Int {
    get { Int(fdBits) }
    set { fdBits = Int32(clamping: newValue) }
  }

  /// The process that opened it (`TracedProcess.id`); 0 when none was seen.
  public internal(set) var origin: Int {
    get { Int(originBits) }
    set { originBits = UInt32(clamping: newValue) }
  }

  /// The fd that it was duplicated from.
  public internal(set) var source: Int? {
    get { sourceBits < 0 ? nil : Int(sourceBits) }
    set { sourceBits = newValue.map(Int32.init(clamping:)) ?? -1 }
  }

  /// The pid of who sent it in a message, where the kernel told.
  public internal(set) var sender: Int? {
    get { senderBits < 0 ? nil : Int(senderBits) }
    set { senderBits = newValue.map(Int32.init(clamping:)) ?? -1 }
  }

  /// For one inherited by fork this is the opener's, when it still describes
  /// the same opening.
  public internal(set) var detail: DescriptorDetail? {
    get { coldPart?.detail }
    set { coldPart = newValue.map(ColdPart.init) }
  }

  /// Keeps what few have out of all.
  final class ColdPart: Equatable, Sendable {
    let detail: DescriptorDetail
    init(_ detail: DescriptorDetail) { self.detail = detail }
    static func == (a: ColdPart, b: ColdPart) -> Bool { a === b || a.detail == b.detail }
  }
}
