import TraceModel

/// Descriptors that are alike.
public struct DescriptorGroup: Equatable, Sendable {
  public var key: Key
  public var count: Int
  /// What most of them have in common, and how many: an address, a path.
  public var subject: Subject?

  /// What makes them alike.
  public struct Key: Hashable, Comparable, Sendable {
    public var kind: DescriptorKind
    /// The state of sockets, such as `CLOSE_WAIT`; `deleted`, `unlinked` and the like.
    public var state: String?

    public init(kind: DescriptorKind, state: String? = nil) {
      self.kind = kind
      self.state = state
    }

    public static func < (a: Self, b: Self) -> Bool {
      (a.kind.name, a.state ?? "") < (b.kind.name, b.state ?? "")
    }

    /// `CLOSE_WAIT` first, and its like of unix sockets.
    fileprivate var rank: Int {
      switch state {
      case TCPState.closeWait.description: 0
      case SocketFacts.peerClosedState: 1
      default: 2
      }
    }
  }

  /// A name that several may share.
  public struct Subject: Equatable, Sendable {
    public var text: String
    public var count: Int

    public init(text: String, count: Int) {
      self.text = text
      self.count = count
    }
  }

  public init(key: Key, count: Int, subject: Subject? = nil) {
    self.key = key
    self.count = count
    self.subject = subject
  }

  /// Groups descriptors: `CLOSE_WAIT` first, then by count.
  public static func groups(of descriptors: [OpenDescriptor]) -> [DescriptorGroup] {
    Dictionary(grouping: descriptors, by: \.groupKey)
      .map { DescriptorGroup(key: $0, count: $1.count, subject: commonest(in: $1)) }
      .sorted { a, b in
        (a.key.rank, -a.count, a.key) < (b.key.rank, -b.count, b.key)
      }
  }

  /// The name that most have; of names of several sorts, that of the sort that says most.
  private static func commonest(in descriptors: [OpenDescriptor]) -> Subject? {
    let names = descriptors.map(\.subjects)
    var best: Subject?
    for sort in 0..<(names.map(\.count).max() ?? 0) {
      var counts: [String: Int] = [:]
      for name in names where sort < name.count { counts[name[sort], default: 0] += 1 }
      let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
      if let most, most.value > best?.count ?? 0 {
        best = Subject(text: most.key, count: most.value)
      }
    }
    return best
  }
}

extension OpenDescriptor {
  public var groupKey: DescriptorGroup.Key { .init(kind: kind, state: state) }

  /// The state in one word, as reports on traces have it: `CLOSE_WAIT`, `LISTEN`, `unlinked`,
  /// `abstract`, `peer_closed`, `deleted`. Nil when there is nothing to tell.
  public var state: String? {
    if let socket { return socket.stateName(of: kind) }
    if kind == .memfd { return nil }
    return isDeleted ? "deleted" : nil
  }

  /// What a person would call it by, apart from its number: the most telling first.
  var subjects: [String] {
    guard let socket else { return name.map { [$0] } ?? [] }
    switch (socket.local, socket.remote) {
    case (let local?, let remote?): return ["to \(remote)", "at \(local)"]
    case (let local?, nil): return [local.description]
    case (nil, let remote?): return ["to \(remote)"]
    case (nil, nil): return []
    }
  }
}

extension SocketFacts {
  /// Of unix sockets what CLOSE_WAIT is of tcp.
  fileprivate static let peerClosedState = "peer_closed"

  fileprivate func stateName(of kind: DescriptorKind) -> String? {
    switch kind {
    case .unix:
      if peerHasClosed { return Self.peerClosedState }
      if isUnlinked == true { return "unlinked" }
      if isAbstract { return "abstract" }
      return state == .listen ? state?.description : nil
    case .udp: return state == .established ? "connected" : nil
    case .tcp: return state?.description
    default: return nil
    }
  }
}
