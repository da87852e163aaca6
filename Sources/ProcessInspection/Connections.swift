import TraceModel

/// Finds out who else is at the descriptors of a process: holders of the same thing, and of its
/// other end.
struct Connections {
  private let process: ProcessIdentity
  private let catalogue: SocketCatalogue

  init(of process: ProcessIdentity, _ catalogue: SocketCatalogue) {
    self.process = process
    self.catalogue = catalogue
  }

  /// What other processes are to be searched for.
  func wanted(by descriptors: [OpenDescriptor]) -> [SharedObject: HolderSearch.FileIdentity?] {
    var wanted: [SharedObject: HolderSearch.FileIdentity?] = [:]
    for descriptor in descriptors {
      guard let object = descriptor.sharedObject else { continue }
      wanted[object] = .some(descriptor.identity)
      if let peer = peer(of: descriptor) { wanted[.socket(inode: peer)] = .some(nil) }
      for inode in neighbours(of: descriptor) { wanted[.socket(inode: inode)] = .some(nil) }
    }
    return wanted
  }

  /// Enters what was found.
  func enter(_ holds: [SharedObject: [HolderSearch.Hold]], in descriptors: inout [OpenDescriptor]) {
    var own: [SharedObject: [HolderSearch.Hold]] = [:]
    for descriptor in descriptors {
      guard let object = descriptor.sharedObject else { continue }
      own[object, default: []].append(
        HolderSearch.Hold(
          pid: process.process, name: process.name, fd: descriptor.fd,
          reads: descriptor.reads, writes: descriptor.writes))
    }
    for index in descriptors.indices {
      let descriptor = descriptors[index]
      guard let object = descriptor.sharedObject else { continue }
      let others = holds[object] ?? []
      if descriptor.kind == .pipe {
        descriptors[index].sharers = Holder.holders(
          others.filter {
            descriptor.reads && $0.reads || descriptor.writes && $0.writes
          })
        descriptors[index].peers = Holder.holders(
          (others + (own[object] ?? [])).filter {
            $0.fd != descriptor.fd || $0.pid != process.process || descriptor.access == .readWrite
          }.filter { descriptor.reads && $0.writes || descriptor.writes && $0.reads })
      } else {
        descriptors[index].sharers = Holder.holders(others)
        if let peer = peer(of: descriptor) {
          let object = SharedObject.socket(inode: peer)
          descriptors[index].peers = Holder.holders((holds[object] ?? []) + (own[object] ?? []))
        }
      }
    }
  }

  /// Who else listens where a listener does, by another socket.
  func sharersOfPort(
    _ descriptor: OpenDescriptor, _ holds: [SharedObject: [HolderSearch.Hold]]
  ) -> [Holder] {
    Holder.holders(
      neighbours(of: descriptor).flatMap { holds[.socket(inode: $0)] ?? [] })
  }

  private func peer(of descriptor: OpenDescriptor) -> UInt64? {
    guard let socket = descriptor.socket else { return nil }
    if let peer = socket.peer { return peer == 0 ? nil : peer }
    return descriptor.kind == .tcp ? catalogue.peer(of: socket) : nil
  }

  private func neighbours(of descriptor: OpenDescriptor) -> [UInt64] {
    guard let socket = descriptor.socket, socket.isListener, let local = socket.local else {
      return []
    }
    return (catalogue.listeners[local] ?? []).filter { $0 != descriptor.inode }.sorted()
  }
}

extension OpenDescriptor {
  /// Nil for what cannot be told apart from others of its kind, and for devices and folders,
  /// which everybody holds.
  fileprivate var sharedObject: SharedObject? {
    switch kind {
    case .file where identity == nil || isDevice, .dir, .pty: nil
    case _ where inode == nil: nil
    default: SharedObject(link)
    }
  }

  /// Files that a link names by path; sockets and pipes are told by their number alone.
  fileprivate var identity: HolderSearch.FileIdentity? {
    guard let device, let inode else { return nil }
    return HolderSearch.FileIdentity(device: device, inode: inode)
  }

  fileprivate var reads: Bool { access != .write && access != .path }
  fileprivate var writes: Bool { access != .read && access != .path }
}
