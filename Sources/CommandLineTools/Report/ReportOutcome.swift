/// What a report said, for exit statuses.
public struct ReportOutcome: Equatable, Sendable {
  /// Call sites with the verdict `leak`.
  public var leakSites: Int
  /// Leaks that are new or have grown since the baseline; 0 without one.
  public var newLeaks: Int
  /// What is missing of the trace may have told of more.
  public var isDamaged: Bool

  public init(leakSites: Int, newLeaks: Int = 0, isDamaged: Bool = false) {
    self.leakSites = leakSites
    self.newLeaks = newLeaks
    self.isDamaged = isDamaged
  }

  /// Whether one of the two that may fail a build is there.
  ///
  /// - Throws: ``ReportFailure`` where none is found in a trace that is damaged: nobody can tell.
  public func fails(onLeak: Bool, onNewLeak: Bool) throws(ReportFailure) -> Bool {
    if onLeak && leakSites > 0 || onNewLeak && newLeaks > 0 { return true }
    guard isDamaged && (onLeak || onNewLeak) else { return false }
    throw ReportFailure("the trace is damaged: that no leak is in what is left of it says nothing")
  }
}
