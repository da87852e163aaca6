import TraceModel

/// A descriptor that a process got by fork or exec, or had when its recording began, and has
/// open at its end (or now).
public struct InheritedDescriptor: Equatable, Sendable {
  /// The raw value is the name used in JSON.
  public enum Via: String, Equatable, Sendable { case fork, exec, outside }

  public internal(set) var fd: Int
  public internal(set) var kind: DescriptorKind = .unknown
  public internal(set) var name: String?
  public internal(set) var via: Via = .fork
  /// `ProcessFinding.id`; nil when it was opened outside.
  public internal(set) var openedBy: Int?
  /// `SiteFinding.id`; nil when not known.
  public internal(set) var site: Int?
  public internal(set) var local: String?
  public internal(set) var remote: String?
  public internal(set) var state: String?
  public internal(set) var isListening = false
  /// The opener may be another: it was replaced by another thread during fork.
  public internal(set) var isUncertain = false
}

extension InheritedDescriptor {
  init(_ descriptor: Descriptor, _ opening: Openings.Opening, _ refused: RefusedBinds) {
    self.init(fd: descriptor.fd)
    kind = descriptor.kind
    name = descriptor.displayName
    switch descriptor.via {
    case .exec: via = .exec
    case .outside: via = .outside
    case .open, .fork, .unseen: via = .fork
    }
    openedBy = opening.process
    site = opening.site
    (local, state) = descriptor.ownAddress(refused)
    remote = descriptor.detail?.remote?.description
    isListening = descriptor.isListening
    isUncertain = descriptor.flags.contains(.uncertain)
  }
}
