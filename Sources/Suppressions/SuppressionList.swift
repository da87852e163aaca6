/// Suppressions in the order of their files. Those by fingerprint are found without a search:
/// a file made by a program may hold one for each of thousands of sites.
public struct SuppressionList: Equatable, Sendable {
  public let all: [Suppression]
  private let byFingerprint: [String: [Int]]
  private let others: [Int]

  public init(_ suppressions: [Suppression] = []) {
    all = suppressions
    var known: [String: [Int]] = [:]
    for (index, suppression) in suppressions.enumerated() {
      for print in suppression.fingerprints { known[print, default: []].append(index) }
    }
    byFingerprint = known
    others = suppressions.indices.filter { suppressions[$0].fingerprints.isEmpty }
  }

  public var isEmpty: Bool { all.isEmpty }

  /// The index in `all` of the first that matches.
  public func match(_ site: some Suppressible) -> Int? {
    let named = site.fingerprintText.flatMap { byFingerprint[$0] } ?? []
    let first = named.first { all[$0].matches(site) }
    return others.first { $0 < first ?? .max && all[$0].matches(site) } ?? first
  }
}
