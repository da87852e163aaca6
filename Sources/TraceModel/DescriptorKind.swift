import FDTrackFormat

/// What the kernel made behind a descriptor (`enum fdt_kind`).
///
/// A value outside the format's list, as a damaged trace may hold, is `unknown`.
public struct DescriptorKind: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// A slot in the format's list of kinds.
  public let rawValue: UInt32

  /// Takes `rawValue` when the format knows it, else `unknown`.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue < FDT_KIND_COUNT.rawValue ? rawValue : FDT_KIND_UNKNOWN.rawValue
  }

  init(_ kind: fdt_kind) { self.init(rawValue: kind.rawValue) }

  /// The stable name used in JSON, such as `tcp`.
  public var name: String { fdt_kind_name(rawValue).map { String(cString: $0) } ?? "unknown" }
  public var description: String { name }

  /// The names of all kinds that the format knows.
  public static var allNames: [String] {
    (0..<FDT_KIND_COUNT.rawValue).map { Self(rawValue: $0).name }
  }

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  public static let unknown = Self(FDT_KIND_UNKNOWN)
  public static let file = Self(FDT_KIND_FILE)
  public static let dir = Self(FDT_KIND_DIR)
  public static let tcp = Self(FDT_KIND_TCP)
  public static let udp = Self(FDT_KIND_UDP)
  public static let unix = Self(FDT_KIND_UNIX)
  public static let netlink = Self(FDT_KIND_NETLINK)
  public static let pipe = Self(FDT_KIND_PIPE)
  public static let eventfd = Self(FDT_KIND_EVENTFD)
  public static let epoll = Self(FDT_KIND_EPOLL)
  public static let timerfd = Self(FDT_KIND_TIMERFD)
  public static let signalfd = Self(FDT_KIND_SIGNALFD)
  public static let inotify = Self(FDT_KIND_INOTIFY)
  public static let memfd = Self(FDT_KIND_MEMFD)
  public static let pidfd = Self(FDT_KIND_PIDFD)
  public static let pty = Self(FDT_KIND_PTY)
  public static let other = Self(FDT_KIND_OTHER)
  public static let messageQueue = Self(FDT_KIND_MQUEUE)
  public static let fanotify = Self(FDT_KIND_FANOTIFY)
  public static let userfaultfd = Self(FDT_KIND_USERFAULTFD)
  public static let ioUring = Self(FDT_KIND_IO_URING)
  public static let perfEvent = Self(FDT_KIND_PERF_EVENT)
  public static let bpf = Self(FDT_KIND_BPF)
  public static let mount = Self(FDT_KIND_MOUNT)
  public static let namespace = Self(FDT_KIND_NAMESPACE)
  public static let kvm = Self(FDT_KIND_KVM)
  public static let dmaBuffer = Self(FDT_KIND_DMABUF)
  public static let syncFile = Self(FDT_KIND_SYNC_FILE)
}
