import TraceModel

/// All that the trace tells of one call site, over the whole tree.
struct SiteGroup {
  let id: Int
  let stack: StackNumber
  let call: UInt16
  var kind: DescriptorKind = .unknown
  /// Where its shares stand among those of all groups, in order of process.
  var shares = 0..<0
  /// With the stack that stands for all that are alike.
  var closers: [(stack: StackNumber, record: CloserRecord)] = []

  /// What one process did at the site.
  struct Share {
    /// Index of its group.
    let group: Int
    let process: Int
    var opened: UInt64 = 0
    var closed: UInt64 = 0
    var peak: UInt64 = 0
    /// When so many were open first; of several stacks' peaks, the last.
    var peakTicks: UInt64 = 0
    /// Open when the process first met EMFILE or ENFILE.
    var atLimit: UInt64 = 0
    var firstTicks: UInt64 = .max
    var lastTicks: UInt64 = 0
    /// Open at the process's end, in order of fd; which, `SiteGrouping.live(_:)` tells. There
    /// may be a million shares, so that none refers to anything.
    fileprivate(set) var live = 0..<0
    /// Index of the process's view; -1 where nothing is open.
    fileprivate var view = -1

    /// Of a call that makes pairs: how many of the closed ones are the other ends of what is open.
    func otherEnds(_ grouping: SiteGrouping) -> UInt64 {
      closed == 0 || live.isEmpty ? 0 : min(closed, OpeningCalls.halves(grouping.live(self)))
    }

    /// Counters may be missing (a full table) or torn: what is open was opened.
    fileprivate mutating func complete(_ descriptors: DescriptorList) {
      opened = max(opened, UInt64(live.count))
      closed = min(closed, opened)
      peak = max(peak, UInt64(live.count))
      for descriptor in descriptors {
        firstTicks = min(firstTicks, descriptor.openedTicks)
        lastTicks = max(lastTicks, descriptor.openedTicks)
      }
    }
  }
}

/// Finds the groups: stacks that are alike, or of equal content, and the same call
/// are one site.
struct SiteGrouping {
  private(set) var groups: [SiteGroup] = []
  private var shares: [SiteGroup.Share] = []
  private let views: [ProcessView]
  /// Places in their tables of what is open, share by share.
  private var slots: [UInt32] = []
  // Only while the groups are made; a trace may have a million.
  /// By group and process.
  private var indexOfShare = NumberTable()
  /// By the stack's identity and the call.
  private var indexByPlace = NumberTable()
  private var indexBySite: [UInt32: Int] = [:]
  /// What each process held of each site when it met its limit, if anything.
  private var heldAtLimit: [Int: [(site: Int, count: UInt64)]] = [:]
  private var identities: StackIdentities?
  let stacks: SiteStacks
  private var nextID: Int

  init(_ trace: Trace, _ views: [ProcessView], _ stacks: SiteStacks) {
    self.stacks = stacks
    self.views = views
    identities = StackIdentities(stacks.store)
    nextID = Int(trace.sites.map(\.id).max() ?? 0) + 1
    for site in trace.sites { add(site) }
    addLive()
    for closer in trace.closers {
      guard let index = indexBySite[closer.site] else { continue }
      groups[index].closers.append((stacks.representative(of: closer.stack), closer))
    }
    complete()
  }

  /// The group of a descriptor, whoever holds it; nil when it has no site.
  func group(of descriptor: Descriptor) -> Int? { index(of: descriptor).map { groups[$0].id } }

  /// To which group, of which call, a site belongs.
  struct Membership {
    var group: Int
    var call: UInt16
  }

  /// By `SiteRecord.id`.
  var memberships: [UInt32: Membership] {
    indexBySite.mapValues { Membership(group: groups[$0].id, call: groups[$0].call) }
  }

  /// The group of a `SiteRecord.id`.
  func group(ofSite site: UInt32) -> Int? { indexBySite[site].map { groups[$0].id } }

  /// Its index in `groups`.
  func index(ofSite site: UInt32) -> Int? { indexBySite[site] }

  private func index(of descriptor: Descriptor) -> Int? {
    indexBySite[descriptor.site]
      .flatMap { groups[$0].call == descriptor.call ? $0 : nil }
  }

  private mutating func index(stack: StackNumber, call: UInt16, site: UInt32?) -> Int {
    let stack = stacks.representative(of: stack)
    let index = indexByPlace.number(of: place(of: stack), UInt32(call), orNew: groups.count)
    guard index == groups.count else { return index }
    let id = site.map(Int.init) ?? nextID
    if site == nil { nextID += 1 }
    groups.append(SiteGroup(id: id, stack: stack, call: call))
    return index
  }

  /// Stacks that stand for many may end alike, and yet be told apart.
  private mutating func place(of stack: StackNumber) -> UInt64 {
    stacks.ways.isEmpty || stacks.ways[stack] == nil
      ? UInt64(identities?.identity(of: stack) ?? 0) : UInt64(stack) | 1 << UInt32.bitWidth
  }

  private mutating func add(_ site: SiteRecord) {
    let index = index(stack: site.stack, call: site.call, site: site.id)
    indexBySite[site.id] = index
    if groups[index].kind == .unknown { groups[index].kind = site.kind }
    let place = share(of: index, process: site.process)
    var share = shares[place]
    share.opened = share.opened.addingWithSaturation(site.opened)
    share.closed = share.closed.addingWithSaturation(site.closed)
    share.peak = share.peak.addingWithSaturation(UInt64(site.peak))
    share.peakTicks = max(share.peakTicks, site.peakTicks)
    share.atLimit = share.atLimit.addingWithSaturation(UInt64(site.atLimit))
    share.firstTicks = min(share.firstTicks, site.firstTicks)
    share.lastTicks = max(share.lastTicks, site.lastTicks)
    shares[place] = share
  }

  private mutating func share(of group: Int, process: Int) -> Int {
    let place = indexOfShare.number(
      of: UInt64(group), UInt32(truncatingIfNeeded: process), orNew: shares.count)
    if place == shares.count { shares.append(.init(group: group, process: process)) }
    return place
  }

  /// Adds what is open: first to which share each belongs, then one share's after the other.
  private mutating func addLive() {
    var found: [(share: Int, slot: UInt32)] = []
    found.reserveCapacity(views.reduce(0) { $0 + $1.own.count })
    for (view, own) in views.lazy.map(\.own).enumerated() {
      for position in own.indices {
        let place = share(of: own[position], in: view)
        found.append((place, UInt32(truncatingIfNeeded: own.slot(position))))
      }
    }
    var start = 0
    for place in shares.indices {
      let count = shares[place].live.count
      shares[place].live = start..<start
      start += count
    }
    slots = Array(repeating: 0, count: start)
    for (place, slot) in found {
      let live = shares[place].live
      slots[live.upperBound] = slot
      shares[place].live = live.lowerBound..<live.upperBound + 1
    }
  }

  /// The share of one that is open, which counts it.
  private mutating func share(of descriptor: Descriptor, in view: Int) -> Int {
    let index =
      index(of: descriptor) ?? index(stack: descriptor.stack, call: descriptor.call, site: nil)
    if groups[index].kind == .unknown { groups[index].kind = descriptor.kind }
    let place = share(of: index, process: views[view].process.id)
    shares[place].view = view
    shares[place].live = 0..<shares[place].live.upperBound + 1
    return place
  }

  private mutating func complete() {
    indexOfShare = NumberTable()
    indexByPlace = NumberTable()
    identities = nil
    // In order already where there is one process.
    let isSorted = zip(shares, shares.dropFirst()).allSatisfy(Self.isBefore)
    if !isSorted { shares.sort(by: Self.isBefore) }
    for place in shares.indices {
      shares[place].complete(live(shares[place]))
      let group = shares[place].group
      let start = groups[group].shares.isEmpty ? place : groups[group].shares.lowerBound
      groups[group].shares = start..<place + 1
      if shares[place].atLimit > 0 {
        heldAtLimit[shares[place].process, default: []].append(
          (groups[group].id, shares[place].atLimit))
      }
    }
  }

  private static func isBefore(_ a: SiteGroup.Share, _ b: SiteGroup.Share) -> Bool {
    (a.group, a.process) < (b.group, b.process)
  }

  /// What each process did at a site, in order of process.
  func shares(of group: SiteGroup) -> ArraySlice<SiteGroup.Share> { shares[group.shares] }

  /// What of a share is open at its process's end.
  func live(_ share: SiteGroup.Share) -> DescriptorList {
    share.live.isEmpty
      ? DescriptorList(of: [])
      : DescriptorList(of: views[share.view].process.descriptors, at: slots[share.live])
  }

  /// The shares of each process, in order of site.
  var sharesByProcess: [Int: [SiteGroup.Share]] { Dictionary(grouping: shares, by: \.process) }

  /// The processes that hold `count` or more of one site.
  func processes(holding count: Int) -> Set<Int> {
    Set(shares.lazy.filter { $0.live.count >= count }.map(\.process))
  }

  /// The sites that held most when the process first met its limit.
  func holdersAtLimit(of process: Int, atMost limit: Int) -> [(site: Int, count: UInt64)] {
    Array(
      (heldAtLimit[process] ?? []).sorted { ($1.count, $0.site) < ($0.count, $1.site) }
        .prefix(limit))
  }

  /// What all sites held then.
  func countAtLimit(of process: Int) -> UInt64 {
    (heldAtLimit[process] ?? []).reduce(0) { $0.addingWithSaturation($1.count) }
  }
}
