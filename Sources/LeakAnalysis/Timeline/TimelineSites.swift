import TraceModel

/// Which line what is opened and closed belongs to.
struct TimelineSites {
  private struct Call: Hashable {
    var stack: StackNumber
    var call: UInt16
    /// Of closes only: their counters are those of one process.
    var process = 0
  }
  private struct Number: Hashable {
    var process: Int
    var fd: Int
  }

  let lineCount: Int
  /// By `SiteGroup.id`.
  private let lineByGroup: [Int: Int]
  private let grouping: SiteGrouping
  private var lineByOpen: [Call: Int] = [:]
  /// Of what closes here is always of one site; else nil.
  private var lineByClose: [Call: Int?] = [:]
  /// Open ones whose site had no counter.
  private var lineByNumber: [Number: Int] = [:]

  /// - Parameter sites: `SiteFinding.id`s, in the order of their lines.
  init(_ trace: Trace, _ grouping: SiteGrouping, sites: [Int]) {
    self.grouping = grouping
    lineCount = sites.count
    let lineByGroup = Dictionary(
      sites.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    self.lineByGroup = lineByGroup
    var processBySite: [UInt32: Int] = [:]
    for site in trace.sites {
      processBySite[site.id] = site.process
      guard let line = grouping.group(ofSite: site.id).flatMap({ lineByGroup[$0] }) else {
        continue
      }
      lineByOpen[Call(stack: site.stack, call: site.call)] = line
    }
    for group in grouping.groups {
      guard let line = lineByGroup[group.id] else { continue }
      for share in grouping.shares(of: group) {
        for descriptor in grouping.live(share) where grouping.group(of: descriptor) == nil {
          lineByNumber[Number(process: share.process, fd: descriptor.fd)] = line
        }
      }
    }
    // Asked for only where the ring has lost events.
    guard trace.events.wholeSinceTicks != nil else { return }
    for closer in trace.closers {
      guard let process = processBySite[closer.site] else { continue }
      let line = grouping.group(ofSite: closer.site).flatMap { lineByGroup[$0] }
      let key = Call(stack: closer.stack, call: closer.call, process: process)
      if let known = lineByClose[key], known != line {
        lineByClose[key] = .some(nil)
      } else {
        lineByClose[key] = .some(line)
      }
    }
  }

  func line(stack: StackNumber, call: UInt16) -> Int? {
    lineByOpen[Call(stack: stack, call: call)]
  }

  /// The line of what a process has in its table, opened by itself.
  func line(of descriptor: Descriptor, in process: Int) -> Int? {
    guard let group = grouping.group(of: descriptor) else {
      return lineByNumber[Number(process: process, fd: descriptor.fd)]
    }
    return lineByGroup[group]
  }

  /// Where all that a stack closes was opened; nil when that is not one site with a line.
  func line(closedBy event: Event) -> Int? {
    lineByClose[Call(stack: event.stack, call: event.call, process: event.process)] ?? nil
  }
}
