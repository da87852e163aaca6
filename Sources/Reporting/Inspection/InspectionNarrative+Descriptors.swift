import ProcessInspection
import TraceModel

extension InspectionNarrative {
  /// What a descriptor is, in a line: `0.0.0.0:8080, 3 of 128 waiting, also in 60 (worker) as
  /// fd 3`.
  func line(_ descriptor: OpenDescriptor) -> String {
    var parts = [name(descriptor)]
    if let socket = descriptor.socket { parts += Self.facts(of: socket, descriptor.kind) }
    if let facts = descriptor.facts { parts.append(Self.text(facts)) }
    if descriptor.kind == .pipe, let access = descriptor.access { parts.append(Self.end(access)) }
    if let allocated = descriptor.allocated { parts.append(Self.size(allocated)) }
    if descriptor.fd > 2, descriptor.closesOnExec == false { parts.append("no FD_CLOEXEC") }
    if !descriptor.sharers.isEmpty {
      parts.append("also in \(holders(descriptor.sharers, number: descriptor.fd))")
    }
    if !descriptor.peers.isEmpty { parts.append("other end in \(holders(descriptor.peers))") }
    return parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private func name(_ descriptor: OpenDescriptor) -> String {
    guard let socket = descriptor.socket else {
      return descriptor.name ?? (descriptor.facts == nil ? descriptor.link : "")
    }
    switch (socket.local, socket.remote) {
    case (let local?, let remote?): return "\(local) to \(remote)"
    case (.unix(let path)?, nil):
      return descriptor.kind == .unix && !socket.isAbstract && socket.isUnlinked == nil
        ? "\(path) (perhaps unlinked)" : path
    case (let local?, nil): return "\(local)"
    case (nil, _): break
    }
    if descriptor.kind == .unix { return "unnamed" }
    let hasTable = [DescriptorKind.tcp, .udp].contains(descriptor.kind) && socket.state == nil
    return socket.protocolName
      + (hasTable ? ", neither bound nor connected, or of another network namespace" : "")
  }

  private static func facts(of socket: SocketFacts, _ kind: DescriptorKind) -> [String] {
    var facts: [String] = []
    if socket.isListener {
      // The kernel tells how many wait at unix listeners, too.
      if let waiting = socket.receiveQueue {
        let limit = socket.sendQueue.map { " of \($0)" } ?? ""
        facts.append("\(waiting)\(limit) waiting to be accepted")
      }
    } else {
      facts += unread(in: socket)
      if let unsent = socket.sendQueue, unsent > 0 {
        let what = kind == .unix ? "not read by the peer" : "not acknowledged by the peer"
        facts.append("\(Wording.count(unsent, "byte")) \(what)")
      }
      if let idle = socket.idleMs, idle >= 1000 {
        facts.append("silent for \(DurationText.of(UInt64(idle) * 1_000_000))")
      }
    }
    if kind == .netlink, socket.local != nil { facts.append(socket.protocolName) }
    if kind == .unix {
      facts.append(socket.protocolName)
      if socket.isListener { facts.append("listening") }
      if socket.isUnlinked == true { facts.append("its path is gone") }
    }
    return facts
  }

  /// The kernel counts the end of a TCP stream as one more byte that was not read.
  private static func unread(in socket: SocketFacts) -> [String] {
    guard let count = socket.receiveQueue else { return [] }
    guard socket.state == .closeWait else {
      return count > 0 ? ["\(Wording.count(count, "byte")) unread"] : []
    }
    guard count > 0 else { return ["its end was read"] }
    return (count > 1 ? ["\(Wording.count(count - 1, "byte")) unread"] : [])
      + ["its end was not read yet"]
  }

  private static func end(_ access: OpenDescriptor.Access) -> String {
    switch access {
    case .read: "reading end"
    case .write: "writing end"
    case .readWrite: "both ends"
    case .path: "path only"
    }
  }

  private static func text(_ facts: SpecialFacts) -> String {
    switch facts {
    case .eventfd(let count, let isSemaphore):
      return (isSemaphore ? "a semaphore, " : "") + "count \(count)"
    case .timerfd(let timer): return text(timer)
    case .epoll(let epoll):
      let count = Wording.count(epoll.watches, "fd")
      return "watches \(epoll.isWhole ? "" : "more than ")\(count)"
        + (epoll.stale.isEmpty ? "" : ", \(epoll.stale.count) stale")
    case .watches(let count): return Wording.count(count, "watch", "watches")
    case .signalfd(let signals):
      let names = signals.map { signal in
        Int32(exactly: signal).flatMap(Narrative.signalName) ?? "signal \(signal)"
      }
      return names.isEmpty ? "no signals" : Narrative.few(names, of: 8)
    case .pidfd(let pid): return pid.map { "process \($0)" } ?? "a process that has ended"
    case .ioUring(let files): return "\(Wording.count(files, "registered file"))"
    }
  }

  private static func text(_ timer: TimerFacts) -> String {
    var parts: [String] = []
    if timer.intervalNs > 0 { parts.append("every \(DurationText.of(timer.intervalNs))") }
    parts.append(
      timer.remainingNs > 0 ? "due in \(DurationText.of(timer.remainingNs))" : "not set")
    if timer.expirations > 0 { parts.append("\(timer.expirations) expirations unread") }
    return parts.joined(separator: ", ")
  }
}
