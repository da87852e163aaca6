import TraceModel

/// What a link of `/proc/PID/fd` leads to (proc_pid_fd(5)).
enum DescriptorLink: Equatable, Sendable {
  case socket(inode: UInt64)
  case pipe(inode: UInt64)
  /// What has no name in any file system; `name` is the kernel's.
  case anonymous(DescriptorKind, name: String)
  /// A path, as the inspected process would see it, perhaps with a ``DeletedMark``.
  case path(String)

  init(_ link: String) {
    if let inode = Self.number(in: link, after: "socket:[") {
      self = .socket(inode: inode)
    } else if let inode = Self.number(in: link, after: "pipe:[") {
      self = .pipe(inode: inode)
    } else if Self.number(in: link, after: "pidfd:[") != nil {
      self = .anonymous(.pidfd, name: "pidfd")
    } else if link.hasPrefix(Self.anonymousPrefix) {
      let name = link.dropFirst(Self.anonymousPrefix.count)
      self = .anonymous(Self.kind(ofAnonymous: name), name: Self.unbracketed(name))
    } else if !link.hasPrefix("/"), let colon = link.firstIndex(of: ":"),
      Self.number(in: link, after: link[...colon] + "[") != nil
    {
      self = .anonymous(.namespace, name: link)
    } else {
      self = .path(link)
    }
  }

  private static let anonymousPrefix = "anon_inode:"

  /// By the names that the kernel gives to anon_inode_getfd() and its relatives.
  private static func kind(ofAnonymous name: Substring) -> DescriptorKind {
    let kinds: KeyValuePairs<String, DescriptorKind> = [
      "[eventfd": .eventfd, "[eventpoll": .epoll, "[timerfd": .timerfd, "[signalfd": .signalfd,
      "inotify": .inotify, "[pidfd": .pidfd, "[fanotify": .fanotify,
      "[userfaultfd": .userfaultfd, "[io_uring": .ioUring, "[perf_event": .perfEvent,
      "[fscontext": .mount, "bpf": .bpf, "btf": .bpf, "kvm-": .kvm, "sync_file": .syncFile,
    ]
    return kinds.first { name.hasPrefix($0.key) }?.value ?? .other
  }

  private static func unbracketed(_ name: Substring) -> String {
    name.hasPrefix("[") && name.hasSuffix("]") && name.count > 1
      ? String(name.dropFirst().dropLast()) : String(name)
  }

  private static func number(in link: String, after prefix: some StringProtocol) -> UInt64? {
    guard link.hasPrefix(prefix), link.hasSuffix("]") else { return nil }
    let digits = link.dropFirst(prefix.count).dropLast()
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return UInt64(digits)
  }
}

extension DescriptorLink {
  /// What the kernel made behind a path; `status` is nil where it may not be looked at.
  static func kind(ofPath path: String, _ status: FileStatus?) -> DescriptorKind {
    // A file of that name can exist, but not in memory alone.
    if path.hasPrefix("/memfd:"), status?.links ?? 0 == 0 { return .memfd }
    if path.hasPrefix("/dmabuf:") { return .dmaBuffer }
    guard let status else { return isTerminal(path: path) ? .pty : .file }
    switch status.kind {
    case .folder: return .dir
    case .pipe: return .pipe
    case .socket: return .unix
    case .characterDevice: return isTerminal(device: status.ownDevice) ? .pty : .file
    case .file, .blockDevice: return .file
    case .link, .other: return .other
    }
  }

  /// As the kernel's `Documentation/admin-guide/devices.txt` numbers them: /dev/ptmx, and the
  /// ends that it makes. The path may be any, in a container.
  private static func isTerminal(device: UInt64) -> Bool {
    let (major, minor) = (device >> 32, device & 0xffff_ffff)
    return (136...143).contains(major) || (major == 5 && minor == 2)
  }

  private static func isTerminal(path: String) -> Bool {
    path == "/dev/ptmx" || path == "/dev/pts/ptmx" || path.hasPrefix("/dev/pts/")
  }
}
