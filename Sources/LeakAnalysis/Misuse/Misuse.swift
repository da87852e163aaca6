import TraceModel

/// A wrong use of descriptors.
public struct Misuse: Equatable, Sendable {
  /// In order of weight. The raw value is the name used in JSON.
  public enum Kind: String, Equatable, Sendable, CaseIterable {
    /// Somebody closed a number twice, and the second time it was another's descriptor.
    case closeOfReusedFd = "close_of_reused_fd"
    /// A second close, of a number that nobody had opened again.
    case doubleClose = "double_close"
    /// Another call on a number that had been closed.
    case useAfterClose = "use_after_close"
    /// A close of what a `FILE*` or `DIR*` owns.
    case ownedClose = "owned_close"
    /// Control data of a message was cut: the descriptors that had no room are gone.
    case cutMessage = "cut_message"
    /// A close of a number that was never open.
    case closeNeverOpened = "close_never_opened"
  }

  public internal(set) var kind: Kind
  /// `ProcessFinding.id`.
  public internal(set) var process: Int
  /// The lowest of the numbers that it was done to, and the highest.
  public internal(set) var fds: ClosedRange<Int>
  public internal(set) var count: UInt64 = 1
  /// The function that was wrongly called.
  public internal(set) var api: String = ""
  /// Who did the wrong thing.
  public internal(set) var stack: StackNumber = 0
  /// Where the descriptor came from that suffered, or the socket of the message.
  public internal(set) var openedAt: StackNumber?
  /// The close before: of the same descriptor, or, for `closeOfReusedFd`, of the
  /// culprit's own, after which the number was given away.
  public internal(set) var closedAt: StackNumber?
  /// For `closeOfReusedFd`: where the victim met EBADF.
  public internal(set) var noticedAt: StackNumber?

  /// Every stack that it names.
  public var stacks: [StackNumber] { [stack] + [openedAt, closedAt, noticedAt].compactMap { $0 } }
}
