import LinuxCalls
import SystemPackage
import TraceModel

/// Reads a process's descriptors from proc(5), without what only the tables of sockets tell.
struct DescriptorReader {
  private(set) var descriptors: [OpenDescriptor] = []
  /// Those whose flags and facts could not be read, and the first reason.
  private(set) var blind = 0
  private(set) var blindness: Errno?

  /// Bytes of facts that are read of one descriptor; an epoll instance has a line for each
  /// watch.
  private static let infoLimit = 4 << 20

  /// Throws EACCES where the kernel does not permit it, ESRCH or ENOENT when the process has
  /// ended. What is closed meanwhile is left out.
  init(_ process: borrowing ProcFolder) throws(Errno) {
    let numbers = try process.numbers(in: "fd")
    descriptors.reserveCapacity(numbers.count)
    var infos: [Int: DescriptorInfo] = [:]
    for fd in numbers {
      guard let link = try process.link(ofDescriptor: fd) else { continue }
      var descriptor = OpenDescriptor(fd: fd, kind: .unknown, link: link)
      descriptor.setTarget(DescriptorLink(link), process)
      do throws(Errno) {
        let info = DescriptorInfo(
          try process.contents(of: "fdinfo/\(fd)", limit: Self.infoLimit))
        descriptor.set(info)
        infos[fd] = info
      } catch .noSuchFileOrDirectory {
        continue
      } catch {
        blind += 1
        blindness = blindness ?? error
        descriptor.setAccess(ofLink: try? process.status(of: "fd/\(fd)", following: false))
      }
      descriptors.append(descriptor)
    }
    for index in descriptors.indices where descriptors[index].kind == .epoll {
      guard let info = infos[descriptors[index].fd] else { continue }
      descriptors[index].facts = .epoll(EpollFacts(info, among: infos))
    }
  }
}

extension OpenDescriptor {
  fileprivate mutating func setTarget(_ target: DescriptorLink, _ process: borrowing ProcFolder) {
    switch target {
    case .socket(let inode):
      self.inode = inode
      kind = .other
    case .pipe(let inode):
      self.inode = inode
      kind = .pipe
    case .anonymous(let kind, let name):
      self.kind = kind
      self.name = kind == .other || kind == .namespace ? name : nil
    case .path(let path):
      let status = try? process.status(of: "fd/\(fd)")
      setFile(path, status, at: process.path(of: "fd/\(fd)"))
    }
  }

  private mutating func setFile(_ path: String, _ status: FileStatus?, at own: String) {
    kind = DescriptorLink.kind(ofPath: path, status)
    inode = status?.inode
    device = status?.device
    isDevice = status?.kind == .characterDevice || status?.kind == .blockDevice
    let unmarked = DeletedMark.stripped(from: path[...])
    isDeleted = kind != .memfd && (status.map { $0.links == 0 } ?? (unmarked != nil))
    let isUnnamed = isDeleted || kind == .memfd
    name = isUnnamed ? unmarked.map { String($0) } ?? path : path
    if isUnnamed { allocated = status?.allocated }
    // Queues are files of this size on a file system without a device.
    if kind == .file, let status, status.size == 80, status.device >> 32 == 0,
      linux_is_message_queue(own) == 1
    {
      kind = .messageQueue
    }
  }

  fileprivate mutating func set(_ info: DescriptorInfo) {
    position = info.position
    inode = inode ?? info.inode
    if let flags = info.flags {
      closesOnExec = flags & Self.closeOnExecFlag != 0
      self.flags = flags & ~Self.closeOnExecFlag
      access =
        flags & Self.pathFlag != 0
        ? .path : [Access.read, .write, .readWrite, .readWrite][Int(flags & 3)]
    }
    switch kind {
    case .eventfd:
      if let count = info.eventCount {
        facts = .eventfd(count: count, isSemaphore: info.isSemaphore)
      }
    case .timerfd: facts = info.timer.map(SpecialFacts.timerfd)
    case .inotify, .fanotify: facts = .watches(info.watchCount)
    case .signalfd:
      facts = info.signalMask.map { mask in
        .signalfd(signals: (1...64).filter { mask >> UInt64($0 - 1) & 1 == 1 })
      }
    case .pidfd: facts = info.pid.map { .pidfd(pid: $0 > 0 ? $0 : nil) }
    case .ioUring: facts = info.registeredFiles.map(SpecialFacts.ioUring)
    default: break
    }
    inFlight = info.inFlight ?? 0
  }

  fileprivate mutating func setAccess(ofLink link: FileStatus?) {
    guard let link else { return }
    switch (link.ownerReads, link.ownerWrites) {
    case (true, true): access = .readWrite
    case (true, false): access = .read
    case (false, true): access = .write
    case (false, false): access = .path
    }
  }

  /// Of <asm-generic/fcntl.h>, in which form the kernel writes them.
  private static let closeOnExecFlag: UInt32 = 0o2_000_000
  private static let pathFlag: UInt32 = 0o10_000_000

  /// For a socket that no table has, such as one that is neither bound nor connected: the name
  /// that the kernel's `struct proto` has.
  mutating func setProtocol(_ process: borrowing ProcFolder) {
    (kind, socket) = Self.protocolOfSocket(process.path(of: "fd/\(fd)"))
  }

  private static func protocolOfSocket(_ path: String) -> (DescriptorKind, SocketFacts?) {
    let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { bytes in
      let count = linux_socket_protocol(path, bytes.baseAddress, bytes.count)
      return count > 0
        ? String(decoding: UnsafeRawBufferPointer(bytes).prefix(count), as: UTF8.self) : nil
    }
    guard let name else { return (.other, nil) }
    let kind: DescriptorKind =
      switch name {
      case "TCP", "TCPv6", "MPTCP", "MPTCPv6": .tcp
      case "UDP", "UDPv6", "UDP-Lite", "UDPLITEv6": .udp
      case "NETLINK": .netlink
      case _ where name.hasPrefix("UNIX"): .unix
      default: .other
      }
    return (kind, SocketFacts(protocolName: name.lowercased()))
  }
}

extension EpollFacts {
  /// Compares the numbers and files that it watches with those that are open. Files without names
  /// share an inode, but of one number only one watch can be of the file that is open.
  init(_ info: DescriptorInfo, among open: [Int: DescriptorInfo]) {
    var seen: Set<Int> = []
    let stale = info.watches.filter { watch in
      guard let own = open[watch.fd] else { return true }
      let isOther = own.inode != nil && watch.inode != nil && own.inode != watch.inode
      return isOther || !seen.insert(watch.fd).inserted
    }
    self.init(watches: info.watches.count, stale: stale.map(\.fd).sorted(), isWhole: info.isWhole)
  }
}
