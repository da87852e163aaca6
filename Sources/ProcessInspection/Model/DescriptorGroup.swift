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

    var isAbandoned: Bool { state == TCPState.closeWait.description }
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
  static func groups(of descriptors: [OpenDescriptor]) -> [DescriptorGroup] {
    Dictionary(grouping: descriptors, by: \.groupKey)
      .map { DescriptorGroup(key: $0, count: $1.count, subject: commonest(in: $1)) }
      .sorted { a, b in
        if a.key.isAbandoned != b.key.isAbandoned { return a.key.isAbandoned }
        return (-a.count, a.key) < (-b.count, b.key)
      }
  }

  private static func commonest(in descriptors: [OpenDescriptor]) -> Subject? {
    var counts: [String: Int] = [:]
    for descriptor in descriptors {
      if let subject = descriptor.subject { counts[subject, default: 0] += 1 }
    }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
      .map { Subject(text: $0.key, count: $0.value) }
  }
}

extension OpenDescriptor {
  public var groupKey: DescriptorGroup.Key { .init(kind: kind, state: state) }

  /// The state in one word, as reports on traces have it: `CLOSE_WAIT`, `LISTEN`, `unlinked`,
  /// `abstract`, `deleted`. Nil when there is nothing to tell.
  public var state: String? {
    if let socket { return socket.stateName(of: kind) }
    if kind == .memfd { return nil }
    return isDeleted ? "deleted" : nil
  }

  /// What a person would call it by, apart from its number.
  var subject: String? {
    guard let socket else { return name }
    if let remote = socket.remote { return "to \(remote)" }
    if let local = socket.local { return local.description }
    return nil
  }
}

extension SocketFacts {
  fileprivate func stateName(of kind: DescriptorKind) -> String? {
    switch kind {
    case .unix:
      if peerHasClosed { return "peer closed" }
      if isUnlinked == true { return "unlinked" }
      if isAbstract { return "abstract" }
      return state == .listen ? state?.description : nil
    case .udp: return state == .established ? "connected" : nil
    case .tcp: return state?.description
    default: return nil
    }
  }
}
