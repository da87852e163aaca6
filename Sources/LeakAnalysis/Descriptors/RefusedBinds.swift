import Glibc
import TraceModel

/// Tells sockets whose own address is one that they did not get: recorders keep what the last bind
/// asked for, refused or not, as long as nobody finds another.
struct RefusedBinds: Sendable {
  /// What such a socket is told to be in.
  static let state = "unbound"

  private var binds: Set<UInt16> = []

  /// Of a trace in which nothing was bound.
  init() {}

  init(_ trace: Trace) {
    for (number, name) in trace.calls.enumerated() where CallName.plain(name) == "bind" {
      binds.insert(UInt16(truncatingIfNeeded: number))
    }
  }

  /// False when in doubt: what came later may have brought an address that somebody found.
  func include(_ descriptor: Descriptor) -> Bool {
    guard let note = descriptor.note, binds.contains(note.call), Self.errors.contains(note.error),
      let detail = descriptor.detail, detail.local?.isOfInternet == true, detail.remote == nil,
      !descriptor.isListening, !descriptor.flags.contains(.connected)
    else { return false }
    // Datagram sockets are bound by sending, too, of which nobody is told.
    return descriptor.kind == .tcp
      ? detail.tcpState == nil || detail.tcpState == .close : detail.checkedTicks == nil
  }

  /// With those the address had been read, and the recorder keeps it. A socket that is bound is
  /// refused otherwise (EINVAL).
  private static let errors: Set<Int32> = [EADDRINUSE, EACCES, EADDRNOTAVAIL]
}

extension SocketAddress {
  fileprivate var isOfInternet: Bool {
    switch self {
    case .ipv4, .ipv6: true
    default: false
    }
  }
}

extension Descriptor {
  /// Its own address, where it has it, and its state.
  func ownAddress(_ refused: RefusedBinds) -> (local: String?, state: String?) {
    refused.include(self)
      ? (nil, RefusedBinds.state) : (detail?.local?.description, displayState)
  }
}
