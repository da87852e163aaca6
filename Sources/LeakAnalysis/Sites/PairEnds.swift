import TraceModel

/// Which ends of pairs are open, and where each end is closed, as far as the ring still tells: the
/// tables do not hold it, and the counters count both. Looked for only at sites where some pair
/// lost one of its ends.
struct PairEnds {
  private struct Number: Hashable {
    var process: Int
    var fd: Int
  }

  private struct Opening {
    var group: Int
    var end: PairEnd
    var ticks: UInt64
  }

  private struct Closer: Hashable {
    var group: Int
    var stack: StackNumber
    var call: UInt16
  }

  private var open: [Number: Opening] = [:]
  private var closings: [Closer: EndCounts] = [:]

  init(_ trace: Trace, _ grouping: SiteGrouping) {
    let sites = Sites(trace, grouping)
    guard !sites.processes.isEmpty else { return }
    struct Thread: Hashable {
      var process: Int
      var thread: UInt32
    }
    var firstEnds: [Thread: Event] = [:]
    trace.events.forEachInTime { event in
      guard sites.processes.contains(event.process) else { return }
      let number = Number(process: event.process, fd: event.fd)
      switch event.kind {
      case .opened:
        open[number] = nil
        guard let group = sites.group(of: event) else { return }
        let thread = Thread(process: event.process, thread: event.thread)
        guard let first = firstEnds[thread], first.isSameCall(as: event) else {
          firstEnds[thread] = event
          return
        }
        firstEnds[thread] = nil
        // The kernel draws the lower number first. Where another thread freed one in between, or
        // the ring's end lies between the two records, nothing tells which is which.
        guard first.fd < event.fd else { return }
        open[Number(process: first.process, fd: first.fd)] = Opening(
          group: group, end: .first, ticks: first.ticks)
        open[number] = Opening(group: group, end: .second, ticks: event.ticks)
      case .closed where event.result == 0, .duplicated:
        guard let ended = open.removeValue(forKey: number) else { return }
        let closer = Closer(
          group: ended.group, stack: grouping.stacks.representative(of: event.stack),
          call: event.call)
        closings[closer, default: EndCounts()][ended.end] += 1
      case .received: open[number] = nil
      default: return
      }
    }
  }

  /// What is known of descriptors that one process opened and still has.
  func ends(of fds: DescriptorList, in process: Int) -> EndCounts {
    var counts = EndCounts()
    guard !open.isEmpty else { return counts }
    for descriptor in fds {
      if let end = end(of: descriptor, in: process) { counts[end] += 1 }
    }
    return counts
  }

  /// The same of one of them.
  func end(of descriptor: Descriptor, in process: Int) -> PairEnd? {
    let opening = open[Number(process: process, fd: descriptor.fd)]
    return opening?.ticks == descriptor.openedTicks ? opening?.end : nil
  }

  /// Of what a call closed at a site (`SiteGroup.id`).
  func closed(at group: Int, by stack: StackNumber, _ call: UInt16) -> EndCounts {
    closings[Closer(group: group, stack: stack, call: call)] ?? EndCounts()
  }

  /// The sites that it is about, by what an event tells of them.
  private struct Sites {
    private struct Place: Hashable {
      var process: Int
      var stack: StackNumber
      var call: UInt16
    }

    private var groups: [Place: Int] = [:]
    private(set) var processes: Set<Int> = []

    init(_ trace: Trace, _ grouping: SiteGrouping) {
      let calls = Set(
        trace.calls.indices.lazy.filter { CallName.makesPairs(trace.calls[$0]) }
          .compactMap(UInt16.init(exactly:)))
      let wanted = Set(
        grouping.groups.lazy.filter { group in
          calls.contains(group.call)
            && grouping.shares(of: group).contains { $0.otherEnds(grouping) > 0 }
        }.map(\.id))
      guard !wanted.isEmpty else { return }
      for site in trace.sites {
        guard let group = grouping.group(ofSite: site.id), wanted.contains(group) else { continue }
        groups[Place(process: site.process, stack: site.stack, call: site.call)] = group
        processes.insert(site.process)
      }
    }

    func group(of event: Event) -> Int? {
      groups[Place(process: event.process, stack: event.stack, call: event.call)]
    }
  }
}

extension Event {
  /// One call's two records are of one moment.
  fileprivate func isSameCall(as other: Event) -> Bool {
    ticks == other.ticks && stack == other.stack && call == other.call
  }
}
