/// How fast counts grow, over the latest samples.
struct WatchRates: Equatable, Sendable {
  /// Seconds that are looked back, where there is that much: long enough that a slow leak does
  /// not flicker, short enough that one that was stopped is seen to stop.
  static let window = 30.0
  /// Samples that are kept for it.
  private static let depth = 10.0

  private struct Counts: Equatable, Sendable {
    var seconds: Double
    /// Without zeros.
    var sites: [WatchSample.SiteID: Int]
    var processes: [Int: Int]
    var open: Int
  }

  /// In order of time; the last is the latest sample.
  private var past: [Counts] = []
  /// From when on the counts of a site are of one and the same.
  private var since: [WatchSample.SiteID: Double] = [:]

  mutating func add(_ sample: WatchSample) {
    let counts = Counts(
      seconds: sample.seconds,
      sites: Dictionary(
        sample.sites.lazy.filter { $0.live > 0 }.map { ($0.id, $0.live) }
      ) { first, _ in first },
      processes: Dictionary(sample.processes.map { ($0.id, $0.open) }) { first, _ in first },
      open: sample.open)
    // What is as good as the one before takes its place.
    if past.count > 1, counts.seconds - past[past.count - 2].seconds < Self.window / Self.depth {
      past.removeLast()
    }
    past.append(counts)
    while past.count > 2, past[1].seconds <= counts.seconds - Self.window { past.removeFirst() }
    since = since.filter { $0.value > past[0].seconds }
    for site in sample.sites where site.isRecounted { since[site.id] = sample.seconds }
  }

  /// Forgets: what comes is counted in another way.
  mutating func reset() { (past, since) = ([], [:]) }

  /// Growth per second; nil while there is one sample only.
  func rate(of site: WatchSample.SiteID) -> Double? {
    rate(since: since[site] ?? 0) { $0.sites[site] ?? 0 }
  }

  /// nil also when the process is new.
  func rate(ofProcess id: Int) -> Double? {
    guard past.first?.processes[id] != nil else { return nil }
    return rate { $0.processes[id] ?? 0 }
  }

  var rate: Double? { rate(\.open) }

  private func rate(since start: Double = 0, _ count: (Counts) -> Int) -> Double? {
    guard let first = past.first(where: { $0.seconds >= start }), let last = past.last,
      last.seconds > first.seconds
    else {
      return nil
    }
    return Double(count(last) - count(first)) / (last.seconds - first.seconds)
  }
}
