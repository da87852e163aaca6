/// What a trace says of now.
public struct LiveReading: Equatable, Sendable {
  public internal(set) var traceID: UInt64 = 0
  /// Where it is written.
  public internal(set) var host: String?
  /// As `Trace.calls`.
  public internal(set) var calls: [String] = []
  public internal(set) var clock = TraceClock()
  /// In order of `id`. Those that were asked for have in `descriptors` what is open, without
  /// details; they and the first have a `cwd`, and an `exe` or else the first of `argv`.
  public internal(set) var processes: [TracedProcess] = []
  /// Stacks of equal content have one number here, and in descriptors that have no site.
  public internal(set) var sites: [SiteRecord] = []
  /// Counters that are not zero.
  public internal(set) var losses: [Loss] = []

  /// The latest moment that these tables tell of.
  var latestTicks: UInt64 {
    var latest: UInt64 = 0
    for process in processes {
      latest = max(latest, process.startTicks, process.endTicks ?? 0, process.snapshotTicks ?? 0)
    }
    for site in sites { latest = max(latest, site.lastTicks) }
    return latest
  }
}
