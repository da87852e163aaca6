import TraceModel

/// What the children that a process forked, or had forked for it, got from it.
struct ChildrenView {
  /// One opening: a pair is one, and a child may have closed either end and
  /// used its number again.
  ///
  /// The place of the open is part of it, so that no two sites ask for one and the
  /// same: a hostile trace may have all opened at one moment.
  private struct Held: Hashable {
    var parent: Int
    var openedTicks: UInt64
    var site: UInt32
    var stack: StackNumber
    var call: UInt16

    init(
      openedTicks: UInt64, site: UInt32, stack: StackNumber, call: UInt16, of parent: Int
    ) {
      (self.openedTicks, self.parent) = (openedTicks, parent)
      (self.site, self.stack, self.call) = (site, stack, call)
    }

    init(_ descriptor: Descriptor, of parent: Int) {
      self.init(
        openedTicks: descriptor.openedTicks, site: descriptor.site, stack: descriptor.stack,
        call: descriptor.call, of: parent)
    }
  }
  /// The child that got it first: later ones get all that stayed open.
  struct Heir: Equatable {
    let id: Int
    let start: UInt64
    /// When it ended, as the program that it went on as; nil: not before its parent.
    let end: UInt64?
    /// It went on as another program.
    let isReplaced: Bool
  }
  /// Where a child was made.
  struct Birth: Equatable {
    let stack: StackNumber
    /// Slot in `Trace.calls`.
    let call: UInt16
  }
  /// The children that got it.
  private struct Heirs {
    let first: Heir
    /// The first closed its copy, and not as one of many.
    var isClosedByFirst = false
    /// Those that did not end before their parent, each once, in order: many thousands may have a
    /// thousand each.
    var living: [UInt32] = []

    mutating func add(_ heir: UInt32) {
      if living.last != heir { living.append(heir) }
    }
  }
  private var heirs: [Held: Heirs] = [:]
  /// When those began that did not end before their parent, by parent, in order.
  private var births: [Int: [UInt64]] = [:]
  /// By the child's `TracedProcess.id`.
  private var forks: [Int: Birth] = [:]
  private let proxies: ProxyChildren

  init(_ views: [ProcessView], _ trace: Trace) {
    let heir = Self.heir(views)
    proxies = ProxyChildren(views, trace.clock, heir: heir)
    for terminal in ForkedTerminals(views, trace).children {
      let child = heir(terminal.child)
      heirs[Held(terminal.master, of: terminal.parent)] = Heirs(
        first: child, living: child.end == nil ? [UInt32(clamping: child.id)] : [])
    }
    for view in views {
      guard let parent = view.process.parent else { continue }
      let (id, child) = (UInt32(clamping: view.process.id), heir(view.process))
      if child.end == nil && view.process.how != .exec {
        births[parent, default: []].append(view.process.startTicks)
      }
      if view.process.how == .fork {
        forks[view.process.id] = Birth(
          stack: view.process.bornStack, call: view.process.bornCall)
      }
      let table = view.process.descriptors
      let passed = view.process.end == .exec ? table.objectsPassedOn : nil
      for index in table.indices where table[index].via == .fork {
        if let passed, !table.isOfChild(at: index, passing: passed) { continue }
        let held = Held(table[index], of: parent)
        if heirs[held] == nil {
          heirs[held] = Heirs(first: child, isClosedByFirst: table.isClosedAlone(at: index))
        }
        if child.end == nil { heirs[held]?.add(id) }
      }
    }
    births = births.mapValues { $0.sorted() }
  }

  private static func heir(_ views: [ProcessView]) -> (TracedProcess) -> Heir {
    let last = LastPrograms(views.map(\.process))
    let all = Dictionary(views.map { ($0.process.id, $0.process) }) { first, _ in first }
    return { child in
      let final = child.end == .exec ? all[last.program(after: child.id)] ?? child : child
      let start = child.startTicks
      let isReplaced = child.end == .exec
      guard final.end != .none else {
        return Heir(id: child.id, start: start, end: nil, isReplaced: isReplaced)
      }
      // Of one whose end has no moment nothing says that it was there.
      let ended = final.endTicks ?? final.startTicks
      let parentEnd = child.parent.flatMap { all[$0]?.endTicks }
      let outlives = final.endTicks != nil && parentEnd.map { ended >= $0 } ?? false
      return Heir(
        id: child.id, start: start, end: outlives ? nil : ended, isReplaced: isReplaced)
    }
  }

  /// True when each of `fds` of `parent`, or the other end of its pair, went to a child first
  /// that was there at the end.
  func firstHeirsLive(_ fds: DescriptorList, of parent: Int) -> Bool {
    fds.allSatisfy { firstHeirLives($0, of: parent) }
  }

  /// The same of one.
  func firstHeirLives(_ fd: Descriptor, of parent: Int) -> Bool {
    firstHeir(of: fd, from: parent).map { $0.end == nil } ?? false
  }

  /// The child that got `fd` of `parent` first, or the other end of its pair.
  func firstHeir(of fd: Descriptor, from parent: Int) -> Heir? {
    heirs[Held(fd, of: parent)]?.first ?? proxies.heir(of: fd, from: parent)
  }

  /// The same of what `parent` had opened at one moment at a site (`SiteRecord.id`), be it closed by
  /// now.
  func firstHeir(
    ofOpenedAt ticks: UInt64, site: UInt32, stack: StackNumber, call: UInt16, from parent: Int
  ) -> Heir? {
    heirs[Held(openedTicks: ticks, site: site, stack: stack, call: call, of: parent)]?.first
  }

  /// Whether the child that got `fd` of `parent` first closed its copy, and not as one of many.
  func isClosedByFirstHeir(_ fd: Descriptor, of parent: Int) -> Bool {
    heirs[Held(fd, of: parent)]?.isClosedByFirst ?? false
  }

  /// Where the child of that `TracedProcess.id` was forked.
  func birth(of child: Int) -> Birth? { forks[child] }

  /// True when each of `fds` of `parent` came within `ticks` after a child of its own that was
  /// there at the end.
  func cameOneEach(_ fds: DescriptorList, of parent: Int, within ticks: UInt64) -> Bool {
    fds.followOneEach(births[parent] ?? [], within: ticks)
  }

  /// How many children that got one of `fds` were not seen to end.
  func liveCount(of parent: Int, holding fds: DescriptorList) -> Int {
    var children: Set<UInt32> = []
    // Each opening once: many descriptors and many children may share one.
    var seen: Set<Held> = []
    for fd in fds {
      let held = Held(fd, of: parent)
      guard seen.insert(held).inserted else { continue }
      if let known = heirs[held] {
        children.formUnion(known.living)
      } else if let proxy = proxies.heir(of: fd, from: parent), proxy.end == nil {
        children.insert(UInt32(clamping: proxy.id))
      }
    }
    return children.count
  }
}

extension [Descriptor] {
  /// The open files that a child which goes on as another program leaves to that by duplicates, as
  /// its input, say.
  fileprivate var objectsPassedOn: Set<UInt32> {
    Set(lazy.filter { $0.object != 0 && $0.isPassedOn }.map(\.object))
  }

  /// Whether the inherited one was for the child that went on as another program: it left that one or
  /// a duplicate to it, or closed it itself. What the exec closed it had for want of a better way.
  fileprivate func isOfChild(at index: Int, passing objects: Set<UInt32>) -> Bool {
    let held = self[index]
    return held.isPassedOn || (held.object != 0 && objects.contains(held.object))
      || isClosedAlone(at: index)
  }

  /// Whether the inherited one was closed by a call that closed none beside it: who closes whatever
  /// there may be, as daemons and workers do, says nothing of any.
  fileprivate func isClosedAlone(at index: Int) -> Bool {
    guard self[index].state == .closed, let note = self[index].note else { return false }
    return ![index - 1, index + 1].contains { beside in
      indices.contains(beside) && self[beside].via == .fork && self[beside].state == .closed
        && self[beside].note?.stack == note.stack && self[beside].note?.call == note.call
    }
  }
}

extension Descriptor {
  /// Whether an exec leaves it open.
  fileprivate var isPassedOn: Bool { state == .open && !flags.contains(.closeOnExec) }
}
