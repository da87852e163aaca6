import ProcessInspection
import TraceModel

/// A server that leaks connections, as `fdtrack pid` sees it.
enum SampleInspection {
  static var growing: Inspection {
    var identity = ProcessIdentity(
      pid: 812, name: "server", parent: 1, threads: 4, startTicks: 4711)
    identity.arguments = ["./server", "--port", "8080"]
    identity.user = 33
    identity.ageNs = 93_600_000_000_000
    var inspection = Inspection(process: identity)
    inspection.limit = DescriptorLimit(soft: 1024, hard: 4096)
    inspection.count = 6
    let abandoned = (5...7).map { number in
      var socket = SocketFacts(protocolName: "tcp")
      socket.local = .ipv4(address: 0x0a00_0001, port: UInt16(40_000 + number))
      socket.remote = .ipv4(address: 0x0a00_0002, port: 5432)
      socket.state = .closeWait
      socket.idleMs = 12_000
      // As the kernel counts, the end of the stream is one more byte.
      socket.receiveQueue = UInt32([0, 1, 8][number - 5])
      return descriptor(number, .tcp, link: "socket:[\(number)]", socket)
    }
    var listening = SocketFacts(protocolName: "tcp")
    listening.local = .ipv4(address: 0, port: 8080)
    listening.state = .listen
    listening.receiveQueue = 129
    listening.sendQueue = 128
    var listener = descriptor(3, .tcp, link: "socket:[3]", listening)
    let worker = Holder(pid: 813, name: "worker", fds: [3])
    listener.sharers = [worker]
    var epoll = descriptor(4, .epoll, link: "anon_inode:[eventpoll]")
    epoll.facts = .epoll(EpollFacts(watches: 3, stale: [9]))
    var input = descriptor(0, .file, link: "/dev/null")
    input.name = "/dev/null"
    input.closesOnExec = false
    inspection.descriptors = [input, listener, epoll] + abandoned
    inspection.groups = [
      .init(
        key: .init(kind: .tcp, state: "CLOSE_WAIT"), count: 3,
        subject: .init(text: "to 10.0.0.2:5432", count: 3)),
      .init(key: .init(kind: .epoll), count: 1),
      .init(key: .init(kind: .file), count: 1, subject: .init(text: "/dev/null", count: 1)),
      .init(
        key: .init(kind: .tcp, state: "LISTEN"), count: 1,
        subject: .init(text: "0.0.0.0:8080", count: 1)),
    ]
    let address = SocketAddress.ipv4(address: 0, port: 8080)
    inspection.findings = [
      .growing(group: .init(kind: .tcp, state: "CLOSE_WAIT"), by: 2),
      .peersClosed(fds: [5, 6, 7]),
      .sharedListeners([.init(fd: 3, address: address)], holders: [worker]),
      .fullBacklog(fd: 3, address: address, waiting: 129, limit: 128),
      .staleWatches(fd: 4, numbers: [9]),
    ]
    let key = DescriptorGroup.Key(kind: .tcp, state: "CLOSE_WAIT")
    inspection.growth = DescriptorGrowth(
      (0...4).map {
        .init(atNs: $0 * 30_000_000_000, count: 4 + Int($0) / 2, groups: [key: Int($0) / 2 + 1])
      },
      opened: 2, closed: 0)
    inspection.unseen = [.holders(count: 3, of: 90)]
    inspection.searchedOthers = true
    return inspection
  }

  /// A process that may not be looked at.
  static var denied: Inspection {
    var identity = ProcessIdentity(pid: 812, name: "server")
    identity.user = 33
    var inspection = Inspection(process: identity)
    inspection.limit = DescriptorLimit(soft: 1024, hard: 4096)
    inspection.count = 700
    inspection.unseen = [.descriptors(errno: 13)]
    return inspection
  }

  /// One whose every text tries to get out of its place, with values at their bounds.
  static var hostile: Inspection {
    var identity = ProcessIdentity(pid: .max, process: 1, name: Hostile.text, threads: .max)
    identity.arguments = [Hostile.text, Hostile.text]
    identity.executable = Hostile.text
    identity.ageNs = .max
    identity.user = .max
    var inspection = Inspection(process: identity)
    inspection.limit = DescriptorLimit(soft: .max, hard: nil)
    inspection.count = .max
    var socket = SocketFacts(protocolName: Hostile.text)
    socket.local = .unix(Hostile.text)
    socket.remote = .unix(Hostile.text)
    socket.receiveQueue = .max
    socket.sendQueue = .max
    socket.idleMs = .max
    let holders = [Holder(pid: .max, name: Hostile.text, fds: Array(0..<100))]
    var facts: [SpecialFacts?] = [
      .eventfd(count: .max, isSemaphore: true), .epoll(.init(watches: .max, stale: [.max])),
      .watches(.max), .signalfd(signals: Array(1...64)), .pidfd(pid: nil),
      .ioUring(registeredFiles: .max), nil,
    ]
    var timer = TimerFacts()
    timer.remainingNs = .max
    timer.intervalNs = .max
    timer.expirations = .max
    facts.append(.timerfd(timer))
    inspection.descriptors = facts.enumerated().map { number, facts in
      var found = descriptor(number, .unix, link: Hostile.text, number % 2 == 0 ? socket : nil)
      found.name = Hostile.text
      found.facts = facts
      found.allocated = .max
      found.sharers = holders
      found.peers = holders
      return found
    }
    inspection.groups = [
      .init(
        key: .init(kind: .unix, state: Hostile.text), count: .max,
        subject: .init(text: Hostile.text, count: .max)),
      .init(key: .init(kind: .unix), count: 8),
    ]
    let address = SocketAddress.unix(Hostile.text)
    inspection.findings = [
      .nearLimit(count: .max, limit: .max), .growing(group: nil, by: .max),
      .peersClosed(fds: Array(0..<100)), .deletedFiles(fds: [1], bytes: .max),
      .sharedListeners([.init(fd: .max, address: address)], holders: holders),
      .sharedPort(fd: 1, address: address, holders: holders),
      .fullBacklog(fd: 1, address: address, waiting: .max, limit: .max),
      .unlinkedListeners(fds: [1]), .pipesWithoutPeer(fds: [1]),
      .staleWatches(fd: 1, numbers: [.max]), .inFlight(fd: 1, count: .max),
    ]
    inspection.growth = DescriptorGrowth(
      [.init(atNs: 0, count: 0), .init(atNs: 1, count: .max)], opened: .max, closed: 0)
    inspection.unseen = [
      .descriptors(errno: 13), .details(count: .max, errno: -1), .otherNetwork(errno: .max),
      .socketDiagnostics(family: Hostile.text, errno: 1), .sockets(family: Hostile.text, errno: 1),
      .holders(count: .max, of: .max), .hiddenProcesses, .searchEnded(after: .max),
    ]
    inspection.threadsApart = Array(0..<50)
    return inspection
  }

  private static func descriptor(
    _ fd: Int, _ kind: DescriptorKind, link: String, _ socket: SocketFacts? = nil
  ) -> OpenDescriptor {
    var descriptor = OpenDescriptor(fd: fd, kind: kind, link: link)
    descriptor.socket = socket
    descriptor.closesOnExec = true
    descriptor.access = .readWrite
    return descriptor
  }
}
