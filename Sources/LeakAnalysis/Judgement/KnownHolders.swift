import Suppressions

/// What is open on purpose, and by whom: `known-holders.supp`, or nothing.
public struct KnownHolders: Equatable, Sendable {
  let all: [Suppression]

  /// The list that is compiled in. That it can be read is what a test is for.
  public static let builtIn = KnownHolders(
    all: (try? SuppressionFile.parse(PackageResources.known_holders_supp, file: "built in")) ?? [])

  public static let none = KnownHolders(all: [])

  /// Those that may hold what was opened by a call of these names, and can be told without
  /// the names of functions.
  func candidates(for names: [String]) -> [Suppression] {
    all.filter { !$0.needsSymbols && $0.mayMatch(callNames: names) }
  }

  /// Those that may, but are known by functions.
  func byFunctions(for names: [String]) -> [Suppression] {
    all.filter { $0.needsSymbols && $0.mayMatch(callNames: names) }
  }

  /// The one that holds `site`, of those that are known by functions, which have to have
  /// names by now.
  public func named(_ site: some Suppressible) -> Suppression? {
    all.first { $0.needsSymbols && $0.matches(site) }
  }
}

extension SiteFinding {
  /// The finding as it is when something holds it on purpose: what is beside the verdict
  /// stays.
  public func held(by holder: Suppression) -> SiteFinding {
    var site = self
    site.verdict = .held
    site.growth = nil
    site.limitReachedInNs = nil
    site.reasons = [Reason(holder)] + reasons.filter(\.isBesideVerdict)
    return site
  }
}

extension Reason {
  init(_ holder: Suppression) {
    self =
      holder.releaser.map { .libcKeeps(purpose: holder.name, releaser: $0) }
      ?? .knownHolder(name: holder.name, why: holder.reason)
  }

  fileprivate var isBesideVerdict: Bool {
    switch self {
    case .missingCloseOnExec, .limitHit: true
    default: false
    }
  }
}
