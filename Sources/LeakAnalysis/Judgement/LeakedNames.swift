import TraceModel

/// What leaks, by the process, the call and the name of what it opened.
///
/// One line of a program may have several stacks where these do not tell it: what an interpreter or
/// a just-in-time compiler does at its first run is another way than what it does later. One
/// descriptor of such a way, which would be held for want of others, may be of what leaks.
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

  /// Whether all that is open at a site is of a name that leaks elsewhere, and its stack does not
  /// tell that it is another place.
  func contain(_ site: JudgedSite, in context: SiteContext) -> Bool {
    guard !openings.isEmpty, let own = Self.openings(of: site, in: context) else { return false }
    return !own.isEmpty && own.keys.allSatisfy(openings.contains)
      && context.places.lackCaller(of: site.site.group, in: context.grouping.stacks.store)
  }

  /// How many there are of each; nil where some have no name.
  private static func openings(of site: JudgedSite, in context: SiteContext) -> [Opening: Int]? {
    var openings: [Opening: Int] = [:]
    for share in site.site.shares {
      for descriptor in context.grouping.live(share) {
        guard let name = name(of: descriptor) else { return nil }
        let opening = Opening(process: share.process, call: site.site.group.call, name: name)
        openings[opening, default: 0] += 1
      }
    }
    return openings
  }

  /// A listener has the name that connections to it have; it is none of them.
  private static func name(of descriptor: Descriptor) -> String? {
    if descriptor.isListening { return nil }
    return descriptor.detail?.remote.map { "to \($0)" } ?? descriptor.displayName
  }
}
