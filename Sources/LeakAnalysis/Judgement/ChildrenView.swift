import TraceModel

/// What the children that a process forked got from it.
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

    init(_ descriptor: Descriptor, of parent: Int) {
      self.parent = parent
      openedTicks = descriptor.openedTicks
      (site, stack, call) = (descriptor.site, descriptor.stack, descriptor.call)
    }
  }
  /// The children that got it.
  private struct Heirs {
    /// Whether the first one did not end before its parent: later ones get all that stayed open.
    let firstLives: Bool
    /// Those that did not, each once, in order: many thousands may have a thousand each.
    var living: [UInt32] = []

    mutating func add(_ heir: UInt32) {
      if living.last != heir { living.append(heir) }
    }
  }
  private var heirs: [Held: Heirs] = [:]
  /// When those began that did not end before their parent, by parent.
  private var births: [Int: [UInt64]] = [:]

  init(_ views: [ProcessView], _ trace: Trace) {
    let outlives = Self.outlivesParent(views)
    for terminal in ForkedTerminals(views, trace).children {
      let lives = outlives(terminal.child)
      heirs[Held(terminal.master, of: terminal.parent)] = Heirs(
        firstLives: lives, living: lives ? [UInt32(clamping: terminal.child.id)] : [])
    }
    for view in views {
      guard let parent = view.process.parent else { continue }
      let (id, lives) = (UInt32(clamping: view.process.id), outlives(view.process))
      if lives && view.process.how != .exec {
        births[parent, default: []].append(view.process.startTicks)
      }
      // Closed ones count: a child closes the parent's end.
      for descriptor in view.process.descriptors where descriptor.via == .fork {
        let held = Held(descriptor, of: parent)
        if lives {
          heirs[held, default: Heirs(firstLives: true)].add(id)
        } else if heirs[held] == nil {
          heirs[held] = Heirs(firstLives: false)
        }
      }
    }
  }

  /// Whether a child was there at the end of its parent, as the program that it went on as.
  private static func outlivesParent(_ views: [ProcessView]) -> (TracedProcess) -> Bool {
    let last = LastPrograms(views.map(\.process))
    let all = Dictionary(views.map { ($0.process.id, $0.process) }) { first, _ in first }
    return { child in
      let end = child.end == .exec ? all[last.program(after: child.id)] ?? child : child
      guard end.end != .none else { return true }
      guard let ended = end.endTicks, let parent = child.parent.flatMap({ all[$0]?.endTicks })
      else { return false }
      return ended >= parent
    }
  }

  /// True when each of `fds` of `parent`, or the other end of its pair, went to a child first
  /// that was there at the end.
  func firstHeirsLive(_ fds: DescriptorList, of parent: Int) -> Bool {
    fds.allSatisfy { firstHeirLives($0, of: parent) }
  }

  /// The same of one.
  func firstHeirLives(_ fd: Descriptor, of parent: Int) -> Bool {
    heirs[Held(fd, of: parent)]?.firstLives == true
  }

  /// True when each of `fds` of `parent`, or the other end of its pair, went to some child.
  func haveAll(_ fds: DescriptorList, of parent: Int) -> Bool {
    fds.allSatisfy { heirs[Held($0, of: parent)] != nil }
  }

  /// True when each of `fds` of `parent` came within `ticks` after a child of its own that was
  /// there at the end.
  func cameOneEach(_ fds: DescriptorList, of parent: Int, within ticks: UInt64) -> Bool {
    fds.followOneEach((births[parent] ?? []).sorted(), within: ticks)
  }

  /// How many children that got one of `fds` were not seen to end.
  func liveCount(of parent: Int, holding fds: DescriptorList) -> Int {
    var children: Set<UInt32> = []
    // Each opening once: many descriptors and many children may share one.
    for held in Set(fds.map { Held($0, of: parent) }) {
      children.formUnion(heirs[held]?.living ?? [])
    }
    return children.count
  }
}
