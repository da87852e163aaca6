/// What leaks, by the process, the call and the name of what it opened.
///
/// One line of a program may have several stacks: what an interpreter or a just-in-time compiler
/// does at its first run is another way than what it does later. One descriptor of such a way,
/// which would be held for want of others, is then of what leaks.
struct LeakedNames {
  private struct Opening: Hashable {
    var process: Int
    var call: UInt16
    var name: String
  }

  private var openings: Set<Opening> = []

  init(_ sites: [JudgedSite], in context: SiteContext) {
    for site in sites where site.verdict == .leak {
      // What is there once may be what the site is not judged by.
      let counts = Self.openings(of: site, in: context) ?? [:]
      openings.formUnion(counts.lazy.filter { $0.value > 1 }.map(\.key))
    }
  }

  /// Whether all that is open at a site is of a name that leaks elsewhere.
  func contain(_ site: JudgedSite, in context: SiteContext) -> Bool {
    guard !openings.isEmpty, let own = Self.openings(of: site, in: context) else { return false }
    return !own.isEmpty && own.keys.allSatisfy(openings.contains)
  }

  /// How many there are of each; nil where some have no name.
  private static func openings(of site: JudgedSite, in context: SiteContext) -> [Opening: Int]? {
    var openings: [Opening: Int] = [:]
    for share in site.site.shares {
      for descriptor in context.grouping.live(share) {
        guard let name = descriptor.displayName else { return nil }
        let opening = Opening(process: share.process, call: site.site.group.call, name: name)
        openings[opening, default: 0] += 1
      }
    }
    return openings
  }
}
