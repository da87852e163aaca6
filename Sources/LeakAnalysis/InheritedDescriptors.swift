import TraceModel

/// What a process got and still holds: listeners first, since they keep a port taken, then by fd.
/// Each is made when it is asked for, as thousands of processes may have a thousand each.
public struct InheritedDescriptors: RandomAccessCollection, Equatable, Sendable {
  /// Who opened a descriptor, and where, as far as that is known.
  struct Opening {
    /// `ProcessFinding.id`.
    var process: Int?
    /// `SiteFinding.id`.
    var site: Int?
  }

  private let list: DescriptorList
  private let opening: @Sendable (Descriptor) -> Opening

  public init() { self.init(DescriptorList(of: [])) { _ in Opening() } }

  init(_ list: DescriptorList, opening: @escaping @Sendable (Descriptor) -> Opening) {
    self.list = list.partitioned { $0.isListening }
    self.opening = opening
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { list.count }

  public subscript(position: Int) -> InheritedDescriptor {
    InheritedDescriptor(list[position], opening(list[position]))
  }

  public static func == (a: Self, b: Self) -> Bool { a.count == b.count && a.elementsEqual(b) }
}

extension InheritedDescriptors {
  /// Tells openings by what is known of the whole trace.
  static func opening(
    _ sites: SiteGrouping, processes: Set<Int>
  ) -> @Sendable (Descriptor) -> Opening {
    { descriptor in
      guard descriptor.via != .outside, processes.contains(descriptor.origin) else {
        return Opening()
      }
      return Opening(process: descriptor.origin, site: sites.group(of: descriptor))
    }
  }
}

extension InheritedDescriptor {
  init(_ descriptor: Descriptor, _ opening: InheritedDescriptors.Opening) {
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
    local = descriptor.detail?.local?.description
    remote = descriptor.detail?.remote?.description
    state = descriptor.displayState
    isListening = descriptor.isListening
    isUncertain = descriptor.flags.contains(.uncertain)
  }
}
