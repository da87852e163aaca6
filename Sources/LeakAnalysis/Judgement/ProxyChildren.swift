import TraceModel

/// Children that another process made for one that asked it to, and gave them what came with the
/// message, as fork servers do. The ends that were sent are not known again when they are received:
/// all that tells is that the child was made right after a message of that process.
struct ProxyChildren {
  /// In order of their beginnings, by who asked.
  private var children: [Int: [ChildrenView.Heir]] = [:]
  private let clock: TraceClock

  /// - Parameter heir: tells of a child.
  init(
    _ views: [ProcessView], _ clock: TraceClock, heir: (TracedProcess) -> ChildrenView.Heir
  ) {
    self.clock = clock
    // A program, and what it went on as, have one pid, and one that came again is another's.
    let programs = Dictionary(
      grouping: views.map(\.process).sorted { $0.startTicks < $1.startTicks }, by: \.pid)
    for view in views {
      let child = view.process
      guard let parent = child.parent, child.how == .fork else { continue }
      for pid in Self.senders(to: child, clock) {
        guard let own = programs[pid],
          case let later = own.partitioningIndex(where: { $0.startTicks > child.startTicks }),
          later > 0, case let sender = own[later - 1], sender.id != parent
        else { continue }
        children[sender.id, default: []].append(heir(child))
      }
    }
    for id in children.keys { children[id]?.sort { $0.start < $1.start } }
  }

  /// The pids of those whose messages came right before the child, which has what was in them.
  private static func senders(to child: TracedProcess, _ clock: TraceClock) -> Set<Int> {
    var senders: Set<Int> = []
    // Closed ones count: a child closes what is another's.
    for descriptor in child.descriptors where descriptor.via == .fork {
      guard let sender = descriptor.sender, sender > 0,
        isSoon(child.startTicks, after: descriptor.openedTicks, clock)
      else { continue }
      senders.insert(sender)
    }
    return senders
  }

  private static func isSoon(_ start: UInt64, after opened: UInt64, _ clock: TraceClock) -> Bool {
    start >= opened && clock.duration(start - opened) ?? .max <= Thresholds.sessionNs
  }

  /// The one that `fd` of `sender` was made for: the first that came after it, and soon.
  func heir(of fd: Descriptor, from sender: Int) -> ChildrenView.Heir? {
    guard fd.isChannel, let asked = children[sender],
      case let index = asked.partitioningIndex(where: { $0.start >= fd.openedTicks }),
      index < asked.count, Self.isSoon(asked[index].start, after: fd.openedTicks, clock)
    else { return nil }
    return asked[index]
  }
}
