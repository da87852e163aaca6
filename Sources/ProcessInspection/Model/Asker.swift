import Glibc
import LinuxCalls

/// Who looks, as far as that tells why the kernel refused something.
public enum Asker: Equatable, Sendable {
  case user
  /// Root, with or without the right to look at all processes of its user namespace
  /// (CAP_SYS_PTRACE of capabilities(7)), which containers are mostly without.
  case root(seesAll: Bool)

  /// This process.
  static var current: Asker {
    geteuid() == 0 ? .root(seesAll: linux_has_capability(traceCapability) == 1) : .user
  }

  /// CAP_SYS_PTRACE.
  private static let traceCapability: Int32 = 19
}
