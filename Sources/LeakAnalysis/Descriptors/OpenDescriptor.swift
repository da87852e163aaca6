import TraceModel

/// A descriptor that is open at its process's end (or now).
public struct OpenDescriptor: Equatable, Sendable {
  /// `ProcessFinding.id`.
  public internal(set) var process: Int
  public internal(set) var fd: Int
  public internal(set) var kind: DescriptorKind = .unknown
  /// The path, link or address that tells it best.
  public internal(set) var name: String?
  public internal(set) var local: String?
  public internal(set) var remote: String?
  /// TCP state such as `CLOSE_WAIT`, or a unix socket's: `bound`, `unlinked`, `abstract`,
  /// `unnamed`. `LISTEN` for a listener of which nothing else is known. `unbound` for one that did
  /// not get the address that is its name.
  public internal(set) var state: String?
  public internal(set) var openedNs: UInt64?
  public internal(set) var ageNs: UInt64?
  /// Kernel thread id of the opener.
  public internal(set) var thread: UInt32 = 0
  public internal(set) var isCloseOnExec = false
  public internal(set) var isListening = false
  public internal(set) var owner: Descriptor.Owner = .raw
  /// The fd that it duplicates.
  public internal(set) var duplicateOf: Int?
  /// Which end it is of what a call made as a pair, where that one is no more a pair and the ring
  /// still tells.
  public internal(set) var end: PairEnd?
  /// The pid of who sent it in a message, where the kernel told.
  public internal(set) var sender: Int?
}

extension OpenDescriptor {
  init(
    _ descriptor: Descriptor, process: Int, endTicks: UInt64, _ source: OpenDescriptors.Source
  ) {
    let ticks = descriptor.openedTicks
    let clock = source.clock
    self.init(process: process, fd: descriptor.fd)
    kind = descriptor.kind
    name = descriptor.displayName
    (local, state) = descriptor.ownAddress(source.refused)
    remote = descriptor.detail?.remote?.description
    openedNs = clock.nanoseconds(at: ticks)
    ageNs = clock.duration(endTicks.subtractingWithSaturation(ticks))
    thread = descriptor.thread
    isCloseOnExec = descriptor.flags.contains(.closeOnExec)
    isListening = descriptor.isListening
    owner = descriptor.owner
    duplicateOf = descriptor.source
    end = source.pairEnds.end(of: descriptor, in: process)
    sender = descriptor.sender
  }
}
