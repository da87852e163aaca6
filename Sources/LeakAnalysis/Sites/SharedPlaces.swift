import TraceModel

/// Tells whether a stack, innermost frame first, leads to the code whose call it was. That of an
/// interpreter does not, nor one that ends before: whatever calls alike there is one site.
public typealias ReachesCaller = @Sendable ([Frame]) -> Bool

/// The sites of which siblings are told apart by nothing: places that may have nothing to do with
/// each other open by one stack there.
struct SharedPlaces {
  /// `SiteGroup.id`s.
  private let sites: Set<Int>
  private let reachesCaller: ReachesCaller

  /// Only sites are asked for of which something is open and others were closed.
  init(_ grouping: SiteGrouping, _ reachesCaller: @escaping ReachesCaller) {
    var sites: Set<Int> = []
    for group in grouping.groups
    where !group.closers.isEmpty
      && grouping.shares(of: group).contains(where: { !$0.live.isEmpty })
      && !reachesCaller(grouping.stacks.store.frames(of: group.stack))
    {
      sites.insert(group.id)
    }
    self.sites = sites
    self.reachesCaller = reachesCaller
  }

  /// Whether the stack of a site does not lead to the code that called.
  func lackCaller(of group: SiteGroup, in stacks: StackStore) -> Bool {
    !reachesCaller(stacks.frames(of: group.stack))
  }

  func contains(_ site: Int) -> Bool { sites.contains(site) }
}
