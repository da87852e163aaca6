import TraceModel

/// All that the trace tells of one call site, over the whole tree.
struct SiteGroup {
  let id: Int
  let stack: StackNumber
  let call: UInt16
  var kind: DescriptorKind = .unknown
  var shares: [Int: Share] = [:]
  /// With the stack that stands for all that are alike.
  var closers: [(stack: StackNumber, record: CloserRecord)] = []

  /// What one process did at the site.
  struct Share {
    var opened: UInt64 = 0
    var closed: UInt64 = 0
    var peak: UInt64 = 0
    /// Open when the process first met EMFILE or ENFILE.
    var atLimit: UInt64 = 0
    var firstTicks: UInt64 = .max
    var lastTicks: UInt64 = 0
    /// Open at the process's end, in order of fd.
    var live: [Descriptor] = []
  }

  var live: Int { shares.values.reduce(0) { $0 + $1.live.count } }
}

/// Finds the groups: stacks that are alike, or of equal content, and the same call
/// are one site.
struct SiteGrouping {
  private struct Key: Hashable {
    var stack: Int
    var call: UInt16
  }

  private(set) var groups: [SiteGroup] = []
  private var indexByKey: [Key: Int] = [:]
  private var indexBySite: [UInt32: Int] = [:]
  /// What each process held of each site when it met its limit, if anything.
  private var heldAtLimit: [Int: [(site: Int, count: UInt64)]] = [:]
  private var identities: StackIdentities
  private let alike: [StackNumber: StackNumber]
  private var nextID: Int

  init(_ trace: Trace, _ views: [ProcessView], alike: [StackNumber: StackNumber]) {
    self.alike = alike
    identities = StackIdentities(trace.stacks)
    nextID = Int(trace.sites.map(\.id).max() ?? 0) + 1
    for site in trace.sites { add(site) }
    for view in views {
      for descriptor in view.own { add(descriptor, of: view.process.id) }
    }
    for closer in trace.closers {
      guard let index = indexBySite[closer.site] else { continue }
      groups[index].closers.append((alike[closer.stack] ?? closer.stack, closer))
    }
    complete()
  }

  /// The group of a descriptor, whoever holds it; nil when it has no site.
  func group(of descriptor: Descriptor) -> Int? { index(of: descriptor).map { groups[$0].id } }

  private func index(of descriptor: Descriptor) -> Int? {
    indexBySite[descriptor.site]
      .flatMap { groups[$0].call == descriptor.call ? $0 : nil }
  }

  private mutating func index(stack: StackNumber, call: UInt16, site: UInt32?) -> Int {
    let stack = alike[stack] ?? stack
    let key = Key(stack: identities.identity(of: stack), call: call)
    if let index = indexByKey[key] { return index }
    let id = site.map(Int.init) ?? nextID
    if site == nil { nextID += 1 }
    groups.append(SiteGroup(id: id, stack: stack, call: call))
    indexByKey[key] = groups.count - 1
    return groups.count - 1
  }

  private mutating func add(_ site: SiteRecord) {
    let index = index(stack: site.stack, call: site.call, site: site.id)
    indexBySite[site.id] = index
    if groups[index].kind == .unknown { groups[index].kind = site.kind }
    var share = groups[index].shares[site.process] ?? .init()
    share.opened = Self.sum(share.opened, site.opened)
    share.closed = Self.sum(share.closed, site.closed)
    share.peak = Self.sum(share.peak, UInt64(site.peak))
    share.atLimit = Self.sum(share.atLimit, UInt64(site.atLimit))
    share.firstTicks = min(share.firstTicks, site.firstTicks)
    share.lastTicks = max(share.lastTicks, site.lastTicks)
    groups[index].shares[site.process] = share
  }

  private mutating func add(_ descriptor: Descriptor, of process: Int) {
    let index =
      index(of: descriptor) ?? index(stack: descriptor.stack, call: descriptor.call, site: nil)
    if groups[index].kind == .unknown { groups[index].kind = descriptor.kind }
    groups[index].shares[process, default: .init()].live.append(descriptor)
  }

  /// Counters may be missing (a full table) or torn: what is open was opened.
  private mutating func complete() {
    for index in groups.indices {
      for (process, var share) in groups[index].shares {
        let live = UInt64(share.live.count)
        share.opened = max(share.opened, live)
        share.closed = min(share.closed, share.opened)
        share.peak = max(share.peak, live)
        share.firstTicks = min(share.firstTicks, share.live.map(\.openedTicks).min() ?? .max)
        share.lastTicks = max(share.lastTicks, share.live.map(\.openedTicks).max() ?? 0)
        groups[index].shares[process] = share
        if share.atLimit > 0 {
          heldAtLimit[process, default: []].append((groups[index].id, share.atLimit))
        }
      }
    }
  }

  /// The processes that hold `count` or more of one site.
  func processes(holding count: Int) -> Set<Int> {
    Set(groups.flatMap { $0.shares.filter { $0.value.live.count >= count }.keys })
  }

  /// The sites that held most when the process first met its limit.
  func holdersAtLimit(of process: Int, atMost limit: Int) -> [(site: Int, count: UInt64)] {
    Array(
      (heldAtLimit[process] ?? []).sorted { ($1.count, $0.site) < ($0.count, $1.site) }
        .prefix(limit))
  }

  private static func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }
}
