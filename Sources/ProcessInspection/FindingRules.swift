import TraceModel

/// What is likely wrong with a process's descriptors.
struct FindingRules {
  /// Percent of the limit from which on it is told.
  private static let nearLimit: UInt64 = 80

  let inspection: Inspection
  private var descriptors: [OpenDescriptor] { inspection.descriptors ?? [] }

  /// The worst first.
  ///
  /// - Parameter sharersOfPort: who else listens where a listener does.
  func findings(sharersOfPort: (OpenDescriptor) -> [Holder]) -> [InspectionFinding] {
    var found: [InspectionFinding] = []
    if let limit = inspection.limit?.soft, let count = inspection.count,
      UInt64(count) >= limit / 100 * Self.nearLimit + limit % 100 * Self.nearLimit / 100
    {
      found.append(.nearLimit(count: count, limit: limit))
    }
    if let growth = inspection.growth, growth.isSteady {
      let most = growth.changes.first { $0.to > $0.from }
      found.append(.growing(group: most?.key, by: growth.change))
    }
    let closed = fds { $0.socket?.peerHasClosed == true }
    if !closed.isEmpty { found.append(.peersClosed(fds: closed)) }
    found += listeners(sharersOfPort)
    let unlinked = fds { $0.socket?.isListener == true && $0.socket?.isUnlinked == true }
    if !unlinked.isEmpty { found.append(.unlinkedListeners(fds: unlinked)) }
    found += files()
    found += others()
    return found
  }

  private func fds(where condition: (OpenDescriptor) -> Bool) -> [Int] {
    descriptors.filter(condition).map(\.fd)
  }

  private func listeners(_ sharersOfPort: (OpenDescriptor) -> [Holder]) -> [InspectionFinding] {
    var found: [InspectionFinding] = []
    var told: Set<UInt64> = []
    // By who holds them: workers share all of their parent's.
    var shared: [[Int]: (listeners: [InspectionFinding.Listener], holders: [Holder])] = [:]
    for descriptor in descriptors {
      guard let socket = descriptor.socket, descriptor.occupiesAddress, let address = socket.local,
        let inode = descriptor.inode, told.insert(inode).inserted
      else { continue }
      if socket.isListener, let waiting = socket.receiveQueue, let limit = socket.sendQueue,
        waiting > 0,
        waiting >= limit
      {
        found.append(
          .fullBacklog(fd: descriptor.fd, address: address, waiting: waiting, limit: limit))
      }
      if !descriptor.sharers.isEmpty {
        let listener = InspectionFinding.Listener(fd: descriptor.fd, address: address)
        shared[descriptor.sharers.map(\.pid), default: ([], [])].listeners.append(listener)
        shared[descriptor.sharers.map(\.pid)]?.holders += descriptor.sharers
      }
      let neighbours = sharersOfPort(descriptor)
      if !neighbours.isEmpty {
        found.append(.sharedPort(fd: descriptor.fd, address: address, holders: neighbours))
      }
    }
    let merged = shared.values.map { listeners, holders in
      InspectionFinding.sharedListeners(listeners, holders: Holder.merged(holders))
    }
    return merged.sorted { ($0.fds.first ?? 0) < ($1.fds.first ?? 0) } + found
  }

  private func files() -> [InspectionFinding] {
    let deleted = descriptors.filter { $0.isDeleted && $0.kind == .file }
    guard !deleted.isEmpty else { return [] }
    var sizes: [[UInt64]: UInt64] = [:]
    for file in deleted { sizes[[file.device ?? 0, file.inode ?? 0]] = file.allocated ?? 0 }
    let bytes = sizes.values.reduce(UInt64(0)) { $0.addingWithSaturation($1) }
    return [.deletedFiles(fds: deleted.map(\.fd), bytes: bytes)]
  }

  private func others() -> [InspectionFinding] {
    var found: [InspectionFinding] = []
    // Where some could not be looked at, one of them may hold it.
    if inspection.searchedOthers, !inspection.unseen.contains(where: \.hidesHolders) {
      let alone = fds { $0.kind == .pipe && $0.access != .readWrite && $0.peers.isEmpty }
      if !alone.isEmpty { found.append(.pipesWithoutPeer(fds: alone)) }
    }
    for descriptor in descriptors {
      if case .epoll(let epoll) = descriptor.facts, !epoll.stale.isEmpty {
        found.append(.staleWatches(fd: descriptor.fd, numbers: epoll.stale))
      }
      if descriptor.inFlight > 0 {
        found.append(.inFlight(fd: descriptor.fd, count: descriptor.inFlight))
      }
    }
    return found
  }
}

extension OpenDescriptor {
  /// Others cannot bind to its address while it is open, as a rule: a listener, or a udp socket
  /// that is bound and not connected.
  fileprivate var occupiesAddress: Bool {
    guard let socket else { return false }
    return socket.isListener || (kind == .udp && socket.local != nil && socket.remote == nil)
  }
}

extension DescriptorGrowth {
  /// At least three intervals, nearly all of which ended with more.
  var isSteady: Bool {
    let intervals = samples.count - 1
    return intervals >= 3 && change > 0 && growingIntervals * 4 >= intervals * 3
  }
}

extension Unseen {
  /// Somebody who holds something may not have been found.
  var hidesHolders: Bool {
    switch self {
    case .holders, .hiddenProcesses, .searchEnded: true
    default: false
    }
  }
}
