/// What a report said, for exit statuses.
public struct ReportOutcome: Equatable, Sendable {
  /// Call sites with the verdict `leak`.
  public var leakSites: Int
  /// Leaks that are new or have grown since the baseline; 0 without one.
  public var newLeaks: Int

  public init(leakSites: Int, newLeaks: Int = 0) {
    self.leakSites = leakSites
    self.newLeaks = newLeaks
  }

  /// Whether one of the two that may fail a build is there.
  public func fails(onLeak: Bool, onNewLeak: Bool) -> Bool {
    onLeak && leakSites > 0 || onNewLeak && newLeaks > 0
  }
}
