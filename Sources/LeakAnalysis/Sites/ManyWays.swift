import TraceModel

/// Lines that are reached in so many ways that no stack of them is a place of its own: below a
/// recursion, or where callbacks call each other in ever other order, nearly each descriptor
/// has a stack that no other has, and no verdict on one of them can say much. The ways stand
/// as one stack then, of the frames that all of them end with.
struct ManyWays {
  private let trace: Trace
  private let grouping: SiteGrouping

  /// `grouping` as it is without this.
  init(_ trace: Trace, _ grouping: SiteGrouping) {
    (self.trace, self.grouping) = (trace, grouping)
  }

  /// The stacks with those that stand for many ways; nil when no line has as many.
  func merged(_ own: OwnCode, _ held: HeldWays) -> SiteStacks? {
    var stacks = grouping.stacks
    var standing: [Int: StackNumber] = [:]
    for ways in held.parted(waysOfLines(own).map(line)) {
      let groups = withoutOutstanding(ways)
      guard areMany(groups), let end = end(of: groups) else { continue }
      let stack = stacks.add(
        commonEnd: end.frames, ways: groups.count,
        one: frames(of: grouping.groups[groups[0]].stack))
      for group in groups { standing[group] = stack }
    }
    guard !standing.isEmpty else { return nil }
    let opens = replacedOpens(standing)
    var replaced = opens
    for ways in waysOfOthers(standing.keys, own) where ways.allSatisfy({ opens[$0] == nil }) {
      let stack = stacks.add(commonEnd: CommonEnd(ways, in: trace.stacks).frames)
      for way in ways { replaced[way] = stack }
    }
    stacks.replace(replaced)
    return stacks
  }

  /// The groups of which something is held, line by line, where there are many.
  private func waysOfLines(_ own: OwnCode) -> [[Int]] {
    let held = grouping.groups.indices.filter { holdsMoreThanServices(grouping.groups[$0]) }
    // What has one line has one innermost frame: in most traces none has many.
    let candidates = many(held) { group in
      (Array(frames(of: grouping.groups[group].stack, atMost: 1).prefix(1)), call(of: group))
    }
    let lines = OpeningLines(
      of: candidates.lazy.joined().map { frames(of: grouping.groups[$0].stack) }, own)
    return candidates.flatMap { groups in
      many(groups) { (lines.line(of: frames(of: grouping.groups[$0].stack)), call(of: $0)) }
    }
  }

  private func line(_ ways: [Int]) -> HeldWays.Line {
    HeldWays.Line(
      callNames: ways.first.map { CallName.all(trace.callName(call(of: $0))) } ?? [],
      ways: ways.map { ($0, frames(of: grouping.groups[$0].stack)) })
  }

  private func call(of group: Int) -> UInt16 { grouping.groups[group].call }

  private func frames(
    of stack: StackNumber, atMost limit: Int = OpeningLines.depth
  ) -> [Frame] {
    trace.stacks.frames(of: stack, atMost: limit)
  }

  /// The items that have a place, place by place, where there are many of one.
  private func many<Item>(
    _ items: some Sequence<Item>, _ place: (Item) -> (line: [Frame], call: UInt16)
  ) -> [[Item]] {
    var places = LinePlaces()
    var found: [[Item]] = []
    for item in items {
      let (line, call) = place(item)
      guard let place = places.place(line, call) else { continue }
      if place == found.count { found.append([]) }
      found[place].append(item)
    }
    return found.filter { $0.count >= Thresholds.ways }
  }

  /// What serves is told by itself, however it was made.
  private func holdsMoreThanServices(_ group: SiteGroup) -> Bool {
    grouping.shares(of: group).contains { share in
      grouping.live(share).contains { !$0.isStandardStream && !$0.isService }
    }
  }

  private func live(_ group: Int) -> Int {
    grouping.shares(of: grouping.groups[group]).reduce(0) { $0 + $1.live.count }
  }

  /// Without those that hold so much more than the others that they are places of their own.
  private func withoutOutstanding(_ ways: [Int]) -> [Int] {
    let live = ways.map(live)
    let most = Thresholds.mostOfOneWay(among: live.reduce(0, +))
    return zip(ways, live).filter { $1 <= most }.map(\.0)
  }

  /// In one process.
  private func areMany(_ ways: [Int]) -> Bool {
    var counts: [Int: Int] = [:]
    for way in ways {
      for share in grouping.shares(of: grouping.groups[way]) where !share.live.isEmpty {
        counts[share.process, default: 0] += 1
      }
    }
    return counts.values.contains { $0 >= Thresholds.ways }
  }

  /// What the ways have in common; nil when they are places of their own: a helper's callers,
  /// of which each holds many.
  private func end(of groups: [Int]) -> CommonEnd? {
    let end = CommonEnd(groups.map { grouping.groups[$0].stack }, in: trace.stacks)
    let total = groups.reduce(0) { $0 + live($1) }
    let areCallers = 2 * end.branches > groups.count
    return areCallers && total >= Thresholds.loopOpens * groups.count ? nil : end
  }

  /// From all stacks of the groups to the one that stands for each: racing writers store one
  /// stack under several numbers.
  private func replacedOpens(_ standing: [Int: StackNumber]) -> [StackNumber: StackNumber] {
    var replaced: [StackNumber: StackNumber] = [:]
    for site in trace.sites {
      guard let group = grouping.index(ofSite: site.id), let stack = standing[group] else {
        continue
      }
      replaced[site.stack] = stack
    }
    for (group, stack) in standing {
      for share in grouping.shares(of: grouping.groups[group]) {
        for descriptor in grouping.live(share) { replaced[descriptor.stack] = stack }
      }
    }
    return replaced
  }

  /// What else is told of such groups has as many stacks: where others of them are closed, and
  /// what happened last to those that are held. Line by line, where there are many.
  private func waysOfOthers(_ groups: some Sequence<Int>, _ own: OwnCode) -> [[StackNumber]] {
    var found: Set<StackNumber> = []
    for group in groups.lazy.map({ grouping.groups[$0] }) {
      for closer in group.closers { found.insert(closer.stack) }
      for share in grouping.shares(of: group) {
        for descriptor in grouping.live(share) {
          guard let note = descriptor.note else { continue }
          found.insert(grouping.stacks.representative(of: note.stack))
        }
      }
    }
    let lines = OpeningLines(of: found.lazy.map { frames(of: $0) }, own)
    return many(found.sorted()) { (lines.line(of: frames(of: $0)), 0) }
  }
}

/// Numbers lines, each with the function that is called there.
private struct LinePlaces {
  private var inner = NumberTable()
  private var lines = NumberTable()

  /// Nil for what is no line.
  mutating func place(_ frames: [Frame], _ call: UInt16) -> Int? {
    guard !frames.isEmpty else { return nil }
    var place = 0
    for frame in frames {
      place = inner.number(
        of: frame.word, UInt32(truncatingIfNeeded: place), orNew: inner.count + 1)
    }
    return lines.number(of: UInt64(place), UInt32(call), orNew: lines.count)
  }
}

/// The frames that stacks end with, all of them.
private struct CommonEnd {
  /// Innermost first.
  private(set) var frames: [Frame]
  /// How many frames there are that lead there.
  private(set) var branches = 0

  /// More would not be read.
  private static let depth = 32

  init(_ ways: [StackNumber], in store: StackStore) {
    frames = ways.first.map { store.frames(of: $0, atMost: Self.depth) } ?? []
    for way in ways {
      var count = 0
      store.forEachFrame(of: way, atMost: frames.count) { frame in
        guard frame == frames[count] else { return false }
        count += 1
        return true
      }
      frames.removeLast(frames.count - count)
    }
    frames = Array(frames.prefix { $0 != .cut && $0 != .broken })
    var callers: Set<Frame> = []
    for way in ways {
      var depth = 0
      store.forEachFrame(of: way, atMost: frames.count + 1) { frame in
        if depth == frames.count { callers.insert(frame) }
        depth += 1
        return true
      }
    }
    branches = callers.count
  }
}
