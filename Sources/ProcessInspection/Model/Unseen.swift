import SystemPackage

/// A part that could not be seen. `description` is one line: what, and why.
public enum Unseen: Equatable, Sendable {
  /// The descriptors themselves: only their number is known, if that.
  case descriptors(errno: Int32)
  /// Flags and facts of some descriptors.
  case details(count: Int, errno: Int32)
  /// Sockets of another network namespace, seen without what only sock_diag(7) tells.
  case otherNetwork(errno: Int32)
  /// sock_diag(7) answered nothing for one sort, and the table of /proc was read instead.
  case socketDiagnostics(family: String, errno: Int32)
  /// Neither did the table.
  case sockets(family: String, errno: Int32)
  /// Other processes whose descriptors may not be read, of as many.
  case holders(count: Int, of: Int)
  /// /proc shows only some processes (`hidepid`).
  case hiddenProcesses
  /// Processes or descriptors beyond a bound were not searched.
  case searchEnded(after: Int)
}

extension Unseen {
  /// The stable name used in JSON.
  public var name: String {
    switch self {
    case .descriptors: "descriptors"
    case .details: "details"
    case .otherNetwork: "other_network"
    case .socketDiagnostics: "socket_diagnostics"
    case .sockets: "sockets"
    case .holders: "holders"
    case .hiddenProcesses: "hidden_processes"
    case .searchEnded: "search_ended"
    }
  }

  /// What the kernel refused it with.
  public var errno: Int32? {
    switch self {
    case .descriptors(let errno), .details(_, let errno), .otherNetwork(let errno),
      .socketDiagnostics(_, let errno), .sockets(_, let errno):
      errno
    case .holders, .hiddenProcesses, .searchEnded: nil
    }
  }

  /// The same in the system's words.
  public var reason: String? { errno.map { Errno(rawValue: $0).description } }
}
